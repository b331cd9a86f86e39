"""Structured e-invoices, read exactly: Factur-X, ZUGFeRD, XRechnung, UBL, CII, FatturaPA.

`read` takes an attachment as it came in the mail and unpacks what is around the XML (PDF, .p7m,
zip, base64). No Django, no network, no model.
"""

from triage.invoices.structured.errors import Unreadable
from triage.invoices.structured.pages import compare_total
from triage.invoices.structured.read import read, read_all

__all__ = ["Unreadable", "compare_total", "read", "read_all"]
