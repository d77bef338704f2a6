"""The schedule of background work: when what runs, switched and run by hand from here."""

from typing import Any

from django.contrib import admin
from django_celery_beat.admin import PeriodicTaskAdmin as BeatTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from api.admin_pages import PageAdmin

# A person schedules by crontabs alone; the other kinds would only be ways to get it wrong.
for model in (PeriodicTask, CrontabSchedule, IntervalSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(model)


class TaskSelect(UnfoldAdminSelectWidget, TaskSelectWidget):  # type: ignore[misc]  # untyped libraries
    """The tasks that a worker knows, in the admin's own dress."""


class ScheduledTaskForm(PeriodicTaskForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()
        self.fields["crontab"].required = not self.instance.interval_id
        self.fields["crontab"].help_text = "When it runs."


@admin.register(PeriodicTask)
class ScheduledTaskAdmin(BeatTaskAdmin, PageAdmin):  # type: ignore[misc]
    form = ScheduledTaskForm
    # The library's own page adds an inline script, which no page of ours may run.
    change_form_template = None
    date_hierarchy = None
    list_display = ("name", "enabled", "runs", "last_run_at", "total_run_count")
    list_filter = ("enabled", "task")
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description")}),
        ("Schedule", {"fields": ("crontab", "runs", "one_off", "last_run_at")}),
        ("Arguments", {"fields": ("args", "kwargs"), "classes": ("collapse",)}),
        ("Sending", {"fields": ("expire_seconds", "queue", "priority"), "classes": ("collapse",)}),
    )
    readonly_fields = ("runs", "last_run_at")

    @admin.display(description="runs", ordering="crontab")
    def runs(self, task: PeriodicTask) -> str:
        return str(task.crontab.human_readable) if task.crontab else str(task.scheduler)


@admin.register(CrontabSchedule)
class CrontabAdmin(PageAdmin):
    list_display = ("__str__", "human_readable")
    search_fields = ("minute", "hour", "timezone")
