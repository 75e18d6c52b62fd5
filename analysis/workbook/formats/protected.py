"""Workbooks behind a password: opened in memory, the password kept nowhere."""

from __future__ import annotations

import re
from io import BytesIO

from analysis.workbook.formats.package import unreadable

#: The password that Excel itself tries: workbooks with a protected structure are encrypted with it, and open without asking.
EXCELS_OWN = "VelvetSweatshop"
#: Rounds of the slow hash; Excel takes 100,000. More than this would only cost time.
MAX_SPINS = 2_000_000
_SPINS = re.compile(rb'spinCount="(\d+)"')


def opened(name: str, content: bytes, password: str) -> tuple[bytes, bool]:
    """(the workbook inside, whether a person's password was needed).

    Raises
    ------
    UnreadableReturn
        If the password is missing or wrong, or the protection is of a kind that nobody here knows.
    """
    if any(int(spins) > MAX_SPINS for spins in _SPINS.findall(content)[:10]):
        raise unreadable("damaged-workbook", name)
    for tried in (EXCELS_OWN, password):
        if tried and (found := _decrypted(name, content, tried)) is not None:
            return found, tried != EXCELS_OWN
    raise unreadable("password-wrong" if password else "password-needed", name)


def _decrypted(name: str, content: bytes, password: str) -> bytes | None:
    """The bytes inside, None where the password is wrong."""
    import msoffcrypto  # brings in a library of ciphers, which few files need
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    out = BytesIO()
    try:
        file = msoffcrypto.OfficeFile(BytesIO(content))
        if file.format == "ooxml":
            file.load_key(password=password, verify_password=True)
        else:
            file.load_key(password=password)
        file.decrypt(out)
    except InvalidKeyError:
        return None
    except DecryptionError as error:
        raise unreadable("protection-unknown", name) from error
    except Exception as error:  # a broken header can bring out anything here
        raise unreadable("damaged-workbook", name) from error
    return out.getvalue()
