(step body: (_) @function.inside) @function.around
(if then: (_) @function.inside) @function.around
(for body: (_) @function.inside) @function.around

(pipeline body: (_) @class.inside) @class.around
(cluster body: (_) @class.inside) @class.around
(environment body: (_) @class.inside) @class.around
(target body: (_) @class.inside) @class.around

(argument) @parameter.inside
(comment)+ @comment.around
(comment) @comment.inside
(entry) @entry.around
