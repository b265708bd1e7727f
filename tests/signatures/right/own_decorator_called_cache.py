# step: python app.steps:run(a = 1, refresh = true)
from app.cache import cache


@cache(ttl=60)
def run(a: int) -> int:
    return a


# file: app/cache.py
def cache(ttl):
    return lambda function: lambda refresh=False, **rest: function(**rest)
