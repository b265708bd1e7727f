(pipeline name: (_) @name) @definition.class
(cluster name: (_) @name) @definition.type
(environment name: (_) @name) @definition.type
(target name: (_) @name) @definition.module
(package name: (_) @name) @definition.module
(step name: (_) @name) @definition.function
(if name: (_) @name) @definition.function
(for name: (_) @name) @definition.function
(let name: (_) @name) @definition.constant
(var name: (_) @name) @definition.constant
(param name: (_) @name) @definition.constant

(dependency step: (_) @name) @reference.call
(run pipeline: (_) @name) @reference.class
(extends (_) @name) @reference.type
(on (identifier) @name) @reference.type
