"""The product's routes, and the same answer given with less and less around it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication

from accounts.permissions import WorkspaceView
from accounts.rights import Right
from analytics_project.urls import urlpatterns as product_routes
from api.json import JsonRenderer
from campaigns.models import Campaign

BODY = {f"field_{number}": "a value of some length" for number in range(18)}
JSON = JsonRenderer().render(BODY)


def bare_django(request: HttpRequest) -> HttpResponse:
    return HttpResponse(JSON, content_type="application/json")


class BareDrf(APIView):
    authentication_classes: Any = ()
    permission_classes: Any = (AllowAny,)
    throttle_classes: Any = ()

    def get(self, request: Request) -> Response:
        return Response(BODY)


class RateLimited(APIView):
    """A bare view that counts its caller's address."""

    authentication_classes: Any = ()
    permission_classes: Any = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(BODY)


class Authenticated(WorkspaceView):
    """Our authentication and rights, no rate limit, no row."""

    throttle_classes: Any = ()
    rights = {"GET": Right.READ}

    def get(self, request: Request) -> Response:
        return Response(BODY)


class CampaignSerializer(ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = "__all__"


class Stock(RetrieveAPIView[Campaign]):
    """What the manuals of DRF and simplejwt show."""

    authentication_classes = (JWTAuthentication,)
    permission_classes = (IsAuthenticated,)
    throttle_classes: Any = ()
    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer


urlpatterns = [
    path("bench/django/", bare_django),
    path("bench/drf/", BareDrf.as_view()),
    path("bench/rate-limited/", RateLimited.as_view()),
    path("bench/authenticated/", Authenticated.as_view()),
    path("bench/stock/<uuid:pk>/", Stock.as_view()),
    *product_routes,
]
