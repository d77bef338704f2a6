"""What orchestrators and monitors ask: /health, /health/live, /health/ready and /metrics."""

import hmac
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from analytics_project.health import Finding, examiner
from analytics_project.readings import readings
from api.problem_codes import ProblemCode
from api.problems import CONTENT_TYPE, Problem, plain_problem
from api.telemetry import be_quiet
from runtime.config import configuration
from runtime.telemetry.metric_files import metrics_page

PATHS = frozenset({"/health/", "/health/live/", "/health/ready/", "/metrics/"})
RETRY_AFTER_SECONDS = 5
METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def answer_probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Answer probes before sessions, rate limits and the rule on host names: they ask by address."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info.rstrip("/") + "/"
        if path not in PATHS:
            return get_response(request)
        be_quiet(request)
        match = request.resolver_match = resolve(path)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if isinstance(response, SimpleTemplateResponse):  # a refusal by DRF, which nobody else renders here
            response.render()
        response["Cache-Control"] = "no-store"
        return response

    return answer


class Probe(APIView):
    """Open to whoever reaches the port, and served whatever the Accept header says."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok"])


class HealthCheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    ok = serializers.BooleanField()
    detail = serializers.CharField(allow_blank=True)
    milliseconds = serializers.FloatField()


class HealthSerializer(StatusSerializer):
    checks = HealthCheckSerializer(many=True)


_DOWN = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description="A dependency is down; `failing` names each. Come back after `Retry-After` seconds.",
    examples=[
        OpenApiExample(
            "Postgres is down",
            {
                "type": "/api/docs/problems/unavailable",
                "title": ProblemCode.UNAVAILABLE.title,
                "status": 503,
                "detail": "postgres does not answer",
                "code": "unavailable",
                "request_id": "5f0c6f0e1c7f4b0e9d1a2b3c4d5e6f70",
                "failing": ["postgres"],
            },
            media_type=CONTENT_TYPE,
        )
    ],
)


class LiveView(Probe):
    @extend_schema(
        summary="The process answers; nothing else is asked",
        tags=["health"],
        responses=StatusSerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        return JsonResponse({"status": "ok"})


class ReadyView(Probe):
    @extend_schema(
        summary="The product can do its work, or which dependency keeps it from that",
        tags=["health"],
        responses={200: StatusSerializer, (503, CONTENT_TYPE): _DOWN},
    )
    def get(self, request: Request) -> HttpResponse:
        failing = [finding for finding in examiner().examine() if not finding.ok]
        if failing:
            return plain_problem(request._request, _unready(failing))
        return JsonResponse({"status": "ok"})


class HealthView(Probe):
    @extend_schema(
        summary="Every part of the product, with what is wrong and how long it took to answer",
        tags=["health"],
        responses={200: HealthSerializer, (503, CONTENT_TYPE): _DOWN},
    )
    def get(self, request: Request) -> HttpResponse:
        findings = examiner().examine()
        checks = [asdict(finding) for finding in findings]
        failing = [finding for finding in findings if not finding.ok]
        if failing:
            return plain_problem(request._request, _unready(failing, checks=checks))
        return JsonResponse({"status": "ok", "checks": checks})


class MetricsView(Probe):
    @extend_schema(
        summary="Figures of all processes in Prometheus' text format",
        description="With `CA_WEB_METRICS_TOKEN` set the token is demanded as `Authorization: Bearer`.",
        tags=["health"],
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        options = configuration()
        if options.web.metrics_token and not _bears(request, options.web.metrics_token):
            return plain_problem(request._request, _no_token())
        page = metrics_page(options.data_dir) + readings().page()
        return HttpResponse(page, content_type=METRICS_CONTENT_TYPE)


def _bears(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _no_token() -> Problem:
    return Problem(ProblemCode.NOT_AUTHENTICATED, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})


def _unready(failing: list[Finding], **extra: Any) -> Problem:
    return Problem(
        ProblemCode.UNAVAILABLE,
        "; ".join(f"{finding.name} {finding.detail}" for finding in failing),
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        extra={"failing": [finding.name for finding in failing]} | extra,
    )
