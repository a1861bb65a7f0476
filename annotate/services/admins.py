"""Who runs the site."""

from annotate.models import User
from annotate.services.audit import audit_record


def admin_appoint(*, user: User) -> User:
    """Make a person site admin: they may create projects and see all of them."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    audit_record(actor=None, action="site.admin", target=user.username)
    return user
