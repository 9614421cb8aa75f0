from django.utils.translation import gettext_lazy, override

from kernel.errors import Refused


def test_a_refusal_speaks_the_readers_language() -> None:
    refusal = Refused(gettext_lazy("Yes"), code="some-code")
    assert refusal.code == "some-code"
    with override("zh-hans"):
        assert str(refusal) == "是"
    with override("en"):
        assert str(refusal) == "Yes"
    assert Refused("no").code == "refused"
