"""The notice by e-mail to HEALTH_EMAIL_TO, through the server that Scrapy's MAIL_ settings name."""

import os
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Self

from crawler.errors import UsageError
from crawler.health.notice import Announcement
from crawler.health.record import RunRecord
from crawler.health.verdicts import Verdict
from crawler.health.webhook import NoticeError

SECONDS = 20.0  # timeout of each step of the exchange
PASSWORD = "WARRAQ_MAIL_PASS"  # noqa: S105 - an environment variable: Scrapy logs its settings
_ADDRESS = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,255}")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """The mail server that sends the notices, and their recipients."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    start_tls: bool = False
    ssl: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any], to: Sequence[str]) -> Self | None:
        """Read Scrapy's settings. Returns None without recipients. Raises UsageError for a wrong address."""
        if not to:
            return None
        wrong = [address for address in (*to, settings["MAIL_FROM"]) if not _ADDRESS.fullmatch(address)]
        if wrong:
            raise UsageError(f"{wrong[0][:80]!r} is not an e-mail address (HEALTH_EMAIL_TO, MAIL_FROM).")
        return cls(
            host=settings["MAIL_HOST"],
            port=int(settings["MAIL_PORT"]),
            sender=settings["MAIL_FROM"],
            to=tuple(to),
            user=settings["MAIL_USER"] or None,
            password=os.environ.get(PASSWORD),
            start_tls=str(settings["MAIL_TLS"]) in {"True", "1", "true"},
            ssl=str(settings["MAIL_SSL"]) in {"True", "1", "true"},
        )


def email_of(
    run: RunRecord, failed: Sequence[Verdict], archive: str, announced: Announcement, server: MailServer
) -> EmailMessage:
    """Write the e-mail about a site: its state, and each failed check of the run, in both languages."""
    message = EmailMessage()
    sentence, sentence_ar = announced.sentences()
    message["Subject"] = f"Warraq: {sentence.removesuffix('.')}"
    message["From"] = server.sender
    message["To"] = ", ".join(server.to)
    lines = [sentence, sentence_ar, ""]
    for verdict in failed:
        lines += [f"- {verdict.check}: {verdict.sentence}", f"  {verdict.sentence_ar}"]
    lines += ["", f"Archive: {archive}", f"Report: runs/{run.run_id}/report.html"]
    message.set_content("\n".join(lines) + "\n", cte="quoted-printable")  # for servers without 8BITMIME
    return message


def send(message: EmailMessage, server: MailServer) -> None:
    """Send the e-mail. Raises NoticeError."""
    try:
        kind = smtplib.SMTP_SSL if server.ssl else smtplib.SMTP
        with kind(server.host, server.port, timeout=SECONDS) as smtp:
            if server.start_tls:
                smtp.starttls(context=ssl.create_default_context())
            if server.user and server.password:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NoticeError(
            f"The e-mail could not be sent through {server.host}: {type(error).__name__}."
        ) from None
