"""Chats: talk to the policy in use; which answer is better goes through the ordinary verdicts."""

from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import Chat, ChatTurn
from annotate.selectors.chat_standing import chat_closed_reason, policy_in_use
from annotate.selectors.chats import ChatOut, ChatsOut, ChatTurnOut, chat_read, chat_rows, turns_read
from annotate.services.chats import chat_create, chat_end, chat_of, turn_create, turn_retry
from annotate.types import Line

MESSAGE_CHARACTERS = 8000


class ChatTurnIn(Body):
    text: Annotated[Line, Field(max_length=MESSAGE_CHARACTERS, description="What the labeler says.")]


class ChatsView(APIView):
    @extend_schema(operation_id="chats_list", parameters=query_parameters(PageQuery), responses=ChatsOut)
    def get(self, request: Request, project_id: int) -> Response:
        """One's own chats, newest first, and whether a new one can be begun."""
        project, person = project_of(request), person_of(request)
        mine = Chat.objects.filter(project=project, annotator=person)
        page = page_read(mine, query=query_read(PageQuery, request), encode=chat_rows)
        reason = chat_closed_reason(project=project, annotator=person, policy=policy_in_use(project=project))
        return answer(ChatsOut(**dict(page), available=not reason, reason=reason))

    @extend_schema(operation_id="chats_create", request=None, responses={201: ChatOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Begin a chat with the policy in use, which it keeps."""
        return answer(chat_read(chat_create(project=project_of(request), annotator=person_of(request))), status=201)


class ChatView(APIView):
    @extend_schema(operation_id="chat_read", responses=ChatOut)
    def get(self, request: Request, project_id: int, chat_id: int) -> Response:
        """One of one's own chats with all its turns."""
        return answer(chat_read(_chat(request, chat_id)))


class ChatTurnsView(APIView):
    @extend_schema(operation_id="chat_turns_create", request=ChatTurnIn, responses={201: ChatTurnOut})
    def post(self, request: Request, project_id: int, chat_id: int) -> Response:
        """Write the next message; the policy answers it twice. 409 while the one before waits for a verdict."""
        chat = _chat(request, chat_id)
        body = body_read(ChatTurnIn, request)
        return _turn_answer(turn_create(chat=chat, text=body.text), chat, status=201)


class ChatTurnRetryView(APIView):
    @extend_schema(operation_id="chat_turn_retry", request=None, responses=ChatTurnOut)
    def post(self, request: Request, project_id: int, chat_id: int, turn_id: int) -> Response:
        """Have a message that failed answered again."""
        chat = _chat(request, chat_id)
        return _turn_answer(turn_retry(chat=chat, turn_id=turn_id), chat)


class ChatEndView(APIView):
    @extend_schema(operation_id="chat_end", request=None, responses=ChatOut)
    def post(self, request: Request, project_id: int, chat_id: int) -> Response:
        """End the chat: it takes no more messages."""
        chat_end(chat=_chat(request, chat_id))
        return answer(chat_read(_chat(request, chat_id)))


def _chat(request: Request, chat_id: int) -> Chat:
    return chat_of(project=project_of(request), annotator=person_of(request), chat_id=chat_id)


def _turn_answer(turn: ChatTurn, chat: Chat, *, status: int = 200) -> Response:
    return answer(turns_read([turn], chat=chat)[0], status=status)
