"""The words by which mail programs mark history and signatures, by language.

Each entry is written as programs write it, in lower case, alternatives separated by "|". Beyond
the seven languages of the product stand the few words that cost nothing and are often met.
"""

# Line openings such as "On Monday ... Dora wrote:".
ATTRIBUTION_STARTS = {
    "en": "on",
    "fr": "le",
    "de": "am|den|um",
    "es": "el",
    "it": "il|in data",
    "nl": "op",
    "pt": "em|a|no dia|à",
    "pl": "w dniu|dnia",
    "sv": "den",
}
# Their verbs.
ATTRIBUTION_VERBS = {
    "en": "wrote|writes",
    "fr": "a écrit|écrit|écrivait",
    "de": "schrieb|hat geschrieben",
    "es": "escribió|ha escrito|escribe",
    "it": "ha scritto|scrisse|scrive",
    "nl": "schreef|heeft geschreven|geschreven",
    "pt": "escreveu|escribiu",
    "pl": "napisał|napisała|napisał(a)|pisze",
    "sv": "skrev",
    "fi": "kirjoitti",
    "hu": "írta",
    "ru": "написал|написала|пишет",
    "cs": "napsal|napsala|napsal(a)",
}
# "-----Original Message-----" and "---------- Forwarded message ---------".
SEPARATORS = {
    "en": ("original message|forwarded message|original email|original mail|reply message"),
    "fr": (
        "message d'origine|message d’origine|message original|message transféré"
        "|message initial|début du message"
    ),
    "de": (
        "ursprüngliche nachricht|originalnachricht|original-nachricht"
        "|weitergeleitete nachricht|originalmail|weitergeleitete mail"
    ),
    "es": "mensaje original|mensaje reenviado|forwarded message",
    "it": "messaggio originale|messaggio inoltrato|messaggio originario",
    "nl": "oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|doorgestuurde bericht",
    "pt": "mensagem original|mensagem encaminhada|mensagem reencaminhada",
    "da": "oprindelig besked|oprindelig meddelelse|original besked",
    "sv": "originalmeddelande|ursprungligt meddelande|vidarebefordrat meddelande",
    "pl": "wiadomość oryginalna|oryginalna wiadomość|przekazana wiadomość",
    "ru": "исходное сообщение|пересылаемое сообщение|оригинальное сообщение",
}
# What Apple's programs write above a forwarded mail, with a colon.
FORWARDS = {
    "en": "begin forwarded message",
    "fr": "début du message réexpédié|début du message transféré",
    "de": "anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail",
    "es": "inicio del mensaje reenviado",
    "it": "inizio messaggio inoltrato|inizio del messaggio inoltrato",
    "nl": "begin doorgestuurd bericht",
    "pt": "início da mensagem reencaminhada|início da mensagem encaminhada",
}
# The heads that Outlook and others put above the mail answered.
HEAD_FROM = {
    "en": "from",
    "fr": "de|expéditeur",
    "de": "von",
    "es": "de|desde",
    "it": "da|mittente",
    "nl": "van",
    "pt": "de",
    "da": "fra",
    "sv": "från",
    "pl": "od",
    "ru": "от",
}
HEAD_SENT = {
    "en": "sent",
    "fr": "envoyé|envoyé le|message du",
    "de": "gesendet",
    "es": "enviado|enviado el",
    "it": "inviato|inviato il",
    "nl": "verzonden|verstuurd",
    "pt": "enviado|enviada em|enviado em|enviada",
    "da": "sendt",
    "sv": "skickat",
    "pl": "wysłano|wysłane",
    "ru": "отправлено",
}
HEAD_DATE = {
    "en": "date",
    "de": "datum",
    "es": "fecha",
    "it": "data",
    "pt": "data",
    "da": "dato",
    "ru": "дата",
}
HEAD_TO = {
    "en": "to|cc|bcc|reply-to|importance",
    "fr": "à|a|copie à|cc|destinataire",
    "de": "an|kopie|cc|antwort an|antworten an",
    "es": "para|cc",
    "it": "a|cc",
    "nl": "aan|cc",
    "pt": "para|cc",
    "da": "til",
    "sv": "till|kopia",
    "pl": "do|dw",
    "ru": "кому|копия",
}
HEAD_SUBJECT = {
    "en": "subject",
    "fr": "objet|sujet",
    "de": "betreff",
    "es": "asunto",
    "it": "oggetto",
    "nl": "onderwerp",
    "pt": "assunto",
    "da": "emne",
    "sv": "ämne",
    "pl": "temat",
    "ru": "тема",
}
# Lines that telephones and programs add.
SENT_WITH = {
    "en": "sent from|sent via|sent with|get outlook for|sent using",
    "fr": (
        "envoyé de mon|envoyé depuis|envoyé à partir de|envoyé à partir d'un|envoyé avec"
        "|envoyé via|obtenir outlook pour|télécharger outlook pour|provenance"
    ),
    "de": (
        "gesendet von|gesendet mit|von meinem|gesendet aus|diese nachricht wurde von meinem"
        "|outlook für .{0,10}herunterladen|holen sie sich outlook für|sent from"
    ),
    "es": "enviado desde|enviado con|enviado de|obtener outlook para|descargar outlook para",
    "it": (
        "inviato da|inviata da|inviato con|inviato dal|scarica outlook per"
        "|ottieni outlook per|ottenere outlook per"
    ),
    "nl": (
        "verzonden vanaf|verstuurd vanaf|verzonden met|verstuurd met|verzonden via"
        "|outlook voor .{0,10}downloaden|download outlook voor"
    ),
    "pt": (
        "enviado do|enviado de|enviado a partir|enviada do|enviado através|enviado via"
        "|obter o outlook para|baixar o outlook para|obter outlook para"
    ),
}
# Farewells that open a signature. "Thanks" is not among them: it is part of what was said.
FAREWELLS = {
    "en": (
        "regards|best|all the best|cheers|best regards|kind regards|warm regards|kindest regards"
        "|with kind regards"
        "|with best regards|many thanks and kind regards|thanks and regards|thanks & regards"
        "|best wishes|yours sincerely|yours faithfully|yours truly|sincerely|sincerely yours"
        "|cordially|respectfully"
    ),
    "fr": (
        "cordialement|bien cordialement|très cordialement|bien à vous|bien à toi|salutations"
        "|meilleures salutations|sincères salutations|salutations distinguées"
        "|avec mes salutations|cdlt|cdt|amicalement|respectueusement|sincèrement"
    ),
    "de": (
        "mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß"
        "|mit freundlichem gruss|mfg|freundliche grüße|freundliche grüsse|viele grüße"
        "|viele grüsse|beste grüße|beste grüsse|schöne grüße|liebe grüße|herzliche grüße"
        "|mit besten grüßen|mit herzlichen grüßen|vg|lg|hochachtungsvoll|gruß|grüße"
    ),
    "es": (
        "saludos|un saludo|saludos cordiales|atentamente|cordialmente|un cordial saludo"
        "|muy atentamente|reciba un cordial saludo|reciban un cordial saludo|un abrazo"
        "|saludos atentos"
    ),
    "it": (
        "cordiali saluti|distinti saluti|saluti|un saluto|cordialmente|un cordiale saluto"
        "|tanti saluti|i migliori saluti|con i migliori saluti"
    ),
    "nl": (
        "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet"
        "|vriendelijke groeten|hartelijke groet|hartelijke groeten|groeten|groet|mvg"
        "|hoogachtend|met hartelijke groet|beste groeten"
    ),
    "pt": (
        "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos"
        "|cordialmente|att|abraços|um abraço|saudações|respeitosamente"
        "|com os meus melhores cumprimentos"
    ),
    "da": "med venlig hilsen|venlig hilsen|mvh",
    "sv": "med vänliga hälsningar|vänliga hälsningar",
    "pl": "z poważaniem|pozdrawiam",
    "ru": "с уважением|с наилучшими пожеланиями",
}
# Openings of the paragraphs that lawyers ask for.
DISCLAIMERS = {
    "en": (
        "this e-mail and any|this email and any|this message and any|this e-mail (?:is|may"
        "|message)|this email (?:is|may|message)|this communication (?:is|may)"
        "|the information (?:contained )?in this|the contents of this e-?mail"
        "|confidentiality notice|disclaimer:|please consider the environment"
    ),
    "fr": (
        "ce message et (?:toutes|ses|les)|ce courriel|ce mail (?:et|est)|ce message (?:est"
        "|contient|peut)|avis de confidentialité|les informations contenues dans"
    ),
    "de": (
        "diese e-?mail (?:enthält|kann|und|ist)|diese nachricht (?:enthält|kann|ist|und)"
        "|der inhalt dieser e-?mail|die in dieser e-?mail|vertraulichkeitshinweis"
    ),
    "es": (
        "este mensaje (?:y|va|se|contiene|puede|está)|este correo|esta comunicación"
        "|aviso (?:legal|de confidencialidad)|la información contenida en"
    ),
    "it": (
        "le informazioni contenute|questo messaggio (?:e|è|contiene|può)|questa e-?mail"
        "|la presente (?:e-?mail|comunicazione)|avviso di riservatezza|il contenuto di questa"
        "|ai sensi del"
    ),
    "nl": (
        "dit (?:e-?mail)?bericht (?:is|en|kan|bevat)|deze e-?mail (?:is|en|kan|bevat)"
        "|de informatie (?:in|verzonden)|de inhoud van dit|disclaimer:"
    ),
    "pt": (
        "esta mensagem (?:e|pode|é|contém)|este e-?mail (?:e|pode|é|contém)"
        "|as informações contidas|aviso (?:legal|de confidencialidade)|a informação contida"
    ),
}
