; The scope of a pipeline contains the names of its file, and its own.

(source_file) @local.scope
(pipeline) @local.scope
(for) @local.scope
(step) @local.scope

(package name: (_) @local.definition)
(let name: (_) @local.definition)
(var name: (_) @local.definition)
(param name: (_) @local.definition)
(pipeline name: (_) @local.definition)
(cluster name: (_) @local.definition)
(environment name: (_) @local.definition)
(step name: (_) @local.definition)
(for name: (_) @local.definition)
(if name: (_) @local.definition)
(for variable: (_) @local.definition)
(family variable: (_) @local.definition)

(reference . (_) @local.reference)
(path . (_) @local.reference)
(dependency step: (_) @local.reference)
(extends (_) @local.reference)
(on (_) @local.reference)
(run pipeline: (_) @local.reference)
