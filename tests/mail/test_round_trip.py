"""What Python's own library writes comes back as it was put in, whatever the words."""

from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.mail import Address, parse

# Letters, marks, figures, signs of any script; what is unseen has tests of its own.
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]), max_size=60
)
FILENAMES = WORDS.map(lambda name: "".join(char for char in name if char not in '/\\<>:"|?*'))
FILES = st.lists(st.tuples(FILENAMES, st.binary(max_size=300)), max_size=3)


def written(
    subject: str, name: str, text: str, files: list[tuple[str, bytes]], policy: EmailPolicy
) -> bytes:
    message = EmailMessage(policy=policy)
    message["From"] = "Farah <farah@example.org>"
    message["Subject"] = subject
    message["X-Name"] = name
    message.set_content(text)
    if files:
        message.make_mixed()
    for filename, content in files:
        message.add_attachment(
            content, maintype="application", subtype="pdf", filename=f"a{filename}.pdf"
        )
    return message.as_bytes()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WORDS, WORDS, st.lists(WORDS, max_size=5), FILES, st.sampled_from([SMTP, SMTPUTF8]))
def test_words_and_files_come_back(
    subject: str, name: str, lines: list[str], files: list[tuple[str, bytes]], policy: EmailPolicy
) -> None:
    text = "\n".join(lines)
    mail = parse(written(subject, name, text, files, policy))
    assert mail.sender == Address("Farah", "farah@example.org")
    assert mail.subject == subject.strip()
    assert dict(mail.headers)["X-Name"] == name.strip()
    assert mail.text == text.strip("\n").rstrip()
    assert [file.content for file in mail.attachments] == [content for _, content in files]
    assert [file.filename for file in mail.attachments] == [f"a{each}.pdf" for each, _ in files]
