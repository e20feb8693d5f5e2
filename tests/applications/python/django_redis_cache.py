# Django with django-redis: cache.get_or_set() for reads, cache.delete() after writes. One process, several threads.
import json, os
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

database = urlsplit(os.environ['DATABASE_URL'])
settings.configure(
    ALLOWED_HOSTS=['*'],
    ROOT_URLCONF=__name__,
    SECRET_KEY='not secret',
    DATABASES={'default': {
        'ENGINE': 'django.db.backends.postgresql', 'HOST': database.hostname, 'PORT': database.port,
        'USER': database.username, 'PASSWORD': unquote(database.password or ''), 'NAME': database.path[1:],
        'CONN_MAX_AGE': None,
    }},
    CACHES={'default': {'BACKEND': 'django_redis.cache.RedisCache', 'LOCATION': os.environ['REDIS_URL']}},
)
django.setup()

from django.core.cache import cache
from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpResponse, JsonResponse
from django.urls import path


class Product(models.Model):
    id = models.BigIntegerField(primary_key=True)
    quantity = models.BigIntegerField()

    class Meta:
        app_label = 'shop'
        db_table = 'products'


def quantity_of(product):
    return Product.objects.values_list('quantity', flat=True).filter(id=product).first()


def products(request):
    Product.objects.create(**json.loads(request.body))
    return JsonResponse({}, status=201)


def product(request, product):
    name = f'product:{product}'
    if request.method == 'PUT':
        Product.objects.filter(id=product).update(quantity=json.loads(request.body)['quantity'])
        cache.delete(name)
        return JsonResponse({})
    quantity = cache.get_or_set(name, lambda: quantity_of(product), timeout=600)
    return JsonResponse({'quantity': quantity}, status=404 if quantity is None else 200)


urlpatterns = [path('health', lambda request: HttpResponse()), path('products', products),
               path('products/<int:product>', product)]
run('127.0.0.1', int(os.environ['PORT']), get_wsgi_application(), threading=False)
