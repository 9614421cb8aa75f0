import hashlib
import hmac

from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher
from django.utils.crypto import get_random_string


class Argon2Floor(Argon2PasswordHasher):
    """Argon2id at OWASP's floor (19 MiB, two passes, one lane): 29 ms a sign-in instead of 148."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class FirstCode(BasePasswordHasher):
    """For the random 50-bit codes of a first sign-in alone: they are replaced at once, and issued by the thousand."""

    algorithm = "first_code"

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}{password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def verify(self, password: str, encoded: str) -> bool:
        _algorithm, salt, _digest = encoded.split("$", 2)
        if hmac.compare_digest(encoded, self.encode(password, salt)):
            # Django replaces the code's hash now, by the slow one.
            return True
        # SECURITY: a wrong guess costs as much as with any account, so its time does not tell who never signed in.
        Argon2Floor().encode(password, salt)
        return False

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        return None


def first_code() -> tuple[str, str]:
    """A new code of ten characters without look-alikes, and its hash."""
    code = get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")
    return code, FirstCode().encode(code, get_random_string(16))
