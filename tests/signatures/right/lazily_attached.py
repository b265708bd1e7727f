# step: python app.steps:run(a = 1)
import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(__name__, submod_attrs={"impl": ["run"]})
