//! The parser that pest derives from the grammar. `Rule` is private to `syntax`.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../grammar/pipe.pest"]
pub(super) struct PipeParser;

/// The name of a rule in messages; `None` for internal rules.
pub(super) fn describe(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::triple | Rule::string | Rule::list | Rule::object | Rule::range | Rule::duration | Rule::number => {
            "a value"
        }
        Rule::function | Rule::reference | Rule::path | Rule::integer | Rule::bad_value => "a value",
        Rule::name | Rule::ident | Rule::quoted | Rule::key => "a name",
        Rule::assign | Rule::bad_colon => "`=`",
        Rule::body => "`{`",
        Rule::type_ => "a type",
        Rule::operator => "a comparison",
        Rule::argument => "an argument",
        Rule::arguments => "`(`",
        Rule::module => "a module, as in `pkg.mod:function`",
        Rule::dependency => "a step",
        Rule::condition => "a condition",
        Rule::in_kw => "`in`",
        Rule::parallel => "`parallel`",
        Rule::on => "`on`",
        Rule::after => "`after`",
        Rule::extends => "`extends`",
        Rule::index | Rule::family => "`[`",
        Rule::is_ => "`is`",
        _ => return None,
    })
}
