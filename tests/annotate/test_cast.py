from annotate.models import Membership, Project, User
from tests.conftest import Api


def test_the_project_has_its_cast(project: Project, ada: User, ann: User, ben: User, eve: User, api: Api) -> None:
    roles = dict(Membership.objects.filter(project=project).values_list("user__username", "role"))
    assert roles == {"ada": "admin", "ann": "labeler", "ben": "labeler"}
    assert ada.is_staff
    assert not eve.memberships.exists()
