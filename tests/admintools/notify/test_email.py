"""E-mail, through a mail server of the tests' own."""

import pytest

from admintools.notify import email, sender
from admintools.notify.models import Channel, State
from tests.support.mail_server import MailServer
from tools.spawned import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(announced):
    return announced("ana@example.hn", channel=Channel.EMAIL)


def test_a_mail_arrives_in_plain_text_with_the_key_as_its_id(mail_server, mail, settings):
    settings.SITE_URL = "https://admin.example.hn"
    assert sender.deliver(mail.pk).state == State.DELIVERED
    (got,) = mail_server.mails
    assert (got["Subject"], got["To"]) == ("Alert: Fire", "ana@example.hn")
    assert got["Message-ID"].startswith(f"<{mail.key}@")
    assert got["Auto-Submitted"] == "auto-generated"
    assert "In the attic" in got.get_content()
    assert "https://admin.example.hn/admin/elasticsearch/notifications/" in got.get_content()


def test_a_subject_of_many_lines_adds_no_header(mail_server, mail):
    mail.notices.update(about={"title": "Fire\r\nBcc: all@example.hn"})
    sender.deliver(mail.pk)
    (got,) = mail_server.mails
    assert got["Subject"] == "Alert: Fire Bcc: all@example.hn"
    assert got["Bcc"] is None


def test_a_recipient_that_is_not_there_is_a_dead_letter_at_once(mail_server, mail):
    mail_server.script.append("550 no such user")
    delivery = sender.deliver(mail.pk)
    assert (delivery.state, delivery.answer_code) == (State.DEAD, 550)
    assert delivery.error_params == {"reason": "no such user"}


def test_a_mailbox_that_is_full_may_have_room_later(mail_server, mail):
    mail_server.script.append("452 mailbox full")
    delivery = sender.deliver(mail.pk)
    assert (delivery.state, delivery.answer_code) == (State.WAITING, 452)


def test_a_mail_server_that_is_away_is_asked_again(settings, mail_server, mail):
    settings.EMAIL_PORT = free_port()
    delivery = sender.deliver(mail.pk)
    assert (delivery.state, delivery.error_code) == (State.WAITING, "connection")


def test_a_mail_server_that_says_nothing_is_not_waited_for(settings, mail, monkeypatch):
    monkeypatch.setattr(email, "SECONDS", 0.2)
    with MailServer(silent=True) as server:
        server.configure(settings)
        assert sender.deliver(mail.pk).error_code == "timeout"
