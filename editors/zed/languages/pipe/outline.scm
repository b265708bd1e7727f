(pipeline "pipeline" @context name: (_) @name) @item
(cluster "cluster" @context name: (_) @name) @item
(environment "environment" @context name: (_) @name) @item
(target "target" @context name: (_) @name) @item
(step "step" @context name: (_) @name) @item
(if "if" @context name: (_) @name) @item
(for "for" @context name: (_) @name) @item
(param "param" @context name: (_) @name) @item
