"""Django's settings for the floor: the product's database and pool, no middleware, no applications."""

from annotate.config import settings as product

SECRET_KEY = product.SECRET_KEY
ALLOWED_HOSTS = product.ALLOWED_HOSTS
DATABASES = product.DATABASES
USE_TZ = product.USE_TZ
ROOT_URLCONF = "benchmarks.queue.floor"
MIDDLEWARE: list[str] = []
