"""The product's own application with django-celery-results' admin put back, to measure both."""

from sicargabox.asgi import application as application

# After Django is set up, and before the first request reads the admin's addresses.
from django.contrib import admin  # isort: skip
from django_celery_results.admin import TaskResultAdmin  # isort: skip
from django_celery_results.models import TaskResult  # isort: skip

admin.site.register(TaskResult, TaskResultAdmin)
