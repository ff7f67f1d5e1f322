"""The same street as the races run on."""

from tests.street.conftest import street

__all__ = ["street"]
