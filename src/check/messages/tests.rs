//! Reads every message of the checker.

use super::*;
use crate::diag::Edit;
use crate::diag::samples::{AT, called, compare, listing, samples};
use crate::model::{
    Argument, Branch, Dependency, FileKind, Object, Origin, Output, Package, Param, PythonCall, Reference, Text, Type,
    Unchecked,
};
use crate::package::{Parameter, ProjectError, PyType, Signature};
use crate::python::{self, Literal, ParamKind, SyntaxError};
use crate::schema::{
    AUTO_SCALE, CLUSTER_SPEC, Cloud, DATA_SECURITY_MODE, Enum, Field, Format, JOB, Measure, PYTHON_WHEEL_TASK, Ty,
};
use crate::syntax::ast::{self, Decl, Entry, EntryValue, Ident, Item, TypeExpr, Value, ValueKind};

fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn ident() -> Ident {
    Ident { text: "thing".into(), span: AT, quoted: false }
}

fn value() -> Value {
    Value { span: AT, kind: ValueKind::Number("3".into()) }
}

fn field(full: bool) -> &'static Field {
    let (block, key) = if full { (&CLUSTER_SPEC, "autotermination_minutes") } else { (&JOB, "name") };
    block.field(key).expect("the table has it")
}

fn syntax_call() -> ast::Call {
    ast::Call {
        span: AT,
        callee: ast::Callee::Run(ast::Member { name: ident(), index: None }),
        callee_span: AT,
        arguments: Vec::new(),
        body: None,
    }
}

fn declaration() -> Decl {
    let text = "step thing {\n}\n";
    match crate::syntax::parse(AT.file, text).file.items.into_iter().next() {
        Some(Item::Decl(decl)) => *decl,
        _ => panic!("a step is a declaration"),
    }
}

fn parameter(full: bool) -> Parameter {
    let written = python::PyParam {
        name: "thing".to_owned(),
        kind: ParamKind::Plain,
        ty: python::Annotation::Name("int".to_owned()),
        optional: full,
        default: full.then_some(Literal::Int(Some(3))),
        span: AT,
    };
    Parameter { written, ty: PyType::Int }
}

fn signature(full: bool) -> Signature {
    let params = if full { vec![parameter(false)] } else { Vec::new() };
    Signature { span: AT, params, kwargs: None, returns: None, returned: Vec::new(), yields: None, stub: false }
}

fn argument(ty: Type) -> Argument {
    Argument { name: "thing".into(), key: AT, span: AT, value: Text::plain("x"), passed_as: ty.clone(), ty }
}

fn call() -> PythonCall {
    PythonCall {
        package: 0,
        module: "app.jobs".into(),
        function: "thing".into(),
        span: AT,
        arguments: Vec::new(),
        entry_point: "p.thing".into(),
        by_name: None,
        rest: Object::new(&PYTHON_WHEEL_TASK, AT),
    }
}

fn dependency() -> Dependency {
    Dependency { task: "thing".into(), outcome: Some(true), span: AT, origin: Origin::Written }
}

fn package() -> Package {
    Package { name: "app".into(), span: AT, dir: "app".into() }
}

fn item(full: bool) -> Item {
    match full {
        true => Item::Decl(Box::new(declaration())),
        false => Item::Entry(Box::new(Entry {
            span: AT,
            key: ident(),
            is_string_key: false,
            value: EntryValue::Assign(value()),
        })),
    }
}

static SLASH: Format = Format { starts_with: &[], ends_with: "/", characters: None, example: "s3://landing/orders/" };

samples! {
    Option<&'static Ident>: None, Some(kept(ident()));
    &'static Type: &Type::Int, kept(Type::List(Box::new(Type::String)));
    &'static Field: field(false), field(true);
    Ty: Ty::Str, Ty::Int;
    &'static Format: &SLASH, &SLASH;
    &'static Enum: &DATA_SECURITY_MODE, &DATA_SECURITY_MODE;
    Cloud: Cloud::Azure, Cloud::Aws;
    Measure: Measure::Seconds, Measure::Minutes;
    &'static Object: kept(Object::new(&AUTO_SCALE, AT)), kept(Object::new(&AUTO_SCALE, AT));
    &'static Unchecked: kept(Unchecked { key: "thing".into(), span: AT, value: 1.into() }), kept(Unchecked { key: "thing".into(), span: AT, value: 1.into() });
    &'static Output: kept(Output { name: "thing".into(), span: AT, ty: Type::Int }), kept(Output { name: "thing".into(), span: AT, ty: Type::Int });
    &'static Argument: kept(argument(Type::String)), kept(argument(Type::Int));
    &'static PyType: &PyType::Int, kept(PyType::Foreign("set".to_owned()));
    &'static Parameter: kept(parameter(false)), kept(parameter(true));
    &'static [&'static Parameter]: &[], Vec::leak(vec![kept(parameter(false))]);
    &'static Signature: kept(signature(false)), kept(signature(true));
    &'static Literal: &Literal::Float, &Literal::Bool(true);
    &'static [&'static Literal]: &[], Vec::leak(vec![kept(Literal::Str("one".to_owned()))]);
    &'static Dependency: kept(dependency()), kept(dependency());
    &'static Branch: kept(Branch { condition: "ok".into(), outcome: true, span: AT }), kept(Branch { condition: "ok".into(), outcome: false, span: AT });
    &'static ast::After: kept(ast::After { span: AT, name: ident(), index: None, outcome: None }), kept(ast::After { span: AT, name: ident(), index: None, outcome: None });
    &'static Decl: kept(declaration()), kept(declaration());
    &'static Diagnostic: kept(unused_import(AT)), kept(unused_import(AT));
    Option<&'static Decl>: None, Some(kept(declaration()));
    &'static [&'static Package]: &[], Vec::leak(vec![kept(package())]);
    &'static Package: kept(package()), kept(package());
    &'static TypeExpr: kept(TypeExpr { span: AT, name: ident(), arg: None }), kept(TypeExpr { span: AT, name: ident(), arg: None });
    &'static Item: kept(item(false)), kept(item(true));
    FileKind: FileKind::Script, FileKind::Dbt;
    &'static ast::CallArgument: kept(ast::CallArgument { span: AT, name: None, value: value() }), kept(ast::CallArgument { span: AT, name: None, value: value() });
    &'static ast::Call: kept(syntax_call()), kept(syntax_call());
    Vec<Edit>: vec![Edit { span: AT, text: "near".to_owned() }], vec![Edit { span: AT, text: "near".to_owned() }];
    Option<Vec<(Span, String)>>: None, Some(vec![(AT, "near".to_owned())]);
    &'static [(Span, i64)]: &[], &[(AT, 3)];
    &'static Entry: kept(Entry { span: AT, key: ident(), is_string_key: false, value: EntryValue::Assign(value()) }), kept(Entry { span: AT, key: ident(), is_string_key: false, value: EntryValue::Assign(value()) });
    &'static Value: kept(value()), kept(Value { span: AT, kind: ValueKind::List(Vec::new()) });
    Incomparable: Incomparable::Collection, Incomparable::TextAsNumber;
    BadItems: BadItems::Empty, BadItems::Mixed;
    WrongFile: WrongFile::PlainPython, WrongFile::NotAScript;
    &'static [(crate::source::Span, &'static str, &'static str)]: &[(AT, "a", "b")], &[(AT, "a", "b"), (AT, "b", "a")];
    &'static Param: kept(Param { name: "thing".into(), span: AT, ty: Type::Int, default: None, has_default: false }), kept(Param { name: "thing".into(), span: AT, ty: Type::Int, default: None, has_default: false });
    &'static Reference: &Reference::Input(None), kept(Reference::Param("thing".into()));
    &'static PythonCall: kept(call()), kept(call());
    Option<&'static (String, crate::source::Span)>: None, Some(kept(("near".to_owned(), AT)));
    &'static [(String, crate::source::Span)]: &[], Vec::leak(vec![("one".to_owned(), AT)]);
    &'static SyntaxError: kept(SyntaxError { message: "expected `:`".to_owned(), span: AT }), kept(SyntaxError { message: "expected `:`".to_owned(), span: AT });
    &'static ProjectError: kept(ProjectError { message: "it has no name".to_owned(), help: "give it one".to_owned() }), kept(ProjectError { message: "it has no name".to_owned(), help: "give it one".to_owned() });
}

#[test]
fn every_message_is_read() {
    let called = called! {
        // names
        constant_cycle unknown_function items_without_key unknown_step_in_braces there_already other_kind_of_compute not_a_compute_function argument_twice unknown_pipeline unknown_param field_after_steps field_after_step after_in_loop output_without_type type_without_argument unknown_type shadowed shadowed_param field_of_field element_without_field items_without_field item_without_fields part_of_plain_constant no_step_of_path not_a_family no_such_element misplaced not_in_choice has_declaration field_twice described_twice call_as_field unchecked unused unused_import declared_twice unused_target_field field_in_file step_extends waits_twice unknown_step defaults_twice kind_in_defaults reserved_word unknown_compute extends_other_kind extends_cycle only_extends bare_header key_characters empty_key var_without_value misspelled_declaration unknown_var var_set_twice target_name unused_default declared_elsewhere pipeline_name_not_a_file_name pipeline_header param_name unused_compute unused_param unused_output unknown_value word_of_another_language step_as_value undeclared_value undeclared_name undeclared_short_argument field_in_dotted_name belongs_to_header foreign_field foreign_word worker_bounds foreign_path param_elsewhere misspelled_step_inside_loop field_of_call field_of_step unknown_field named_argument surplus_argument unused_pipeline_compute argument_without_name
        // choices
        run_time_choice choice_without_bool in_without_list operator_of_choice unknown_mode no_such_target never_holds not_in_target known_at_deployment unknown_compile_time_fact no_repository environment_not_set environment_here environment_takes_a_name environment_as_secret whole_family too_many_members not_a_field_after_by by_of_plain_element no_such_item spread_of_non_object
        // values
        duration_here range_here constants_too_deep not_part_of_a_text secret_arguments named_argument_of_secret block_for_list string_for_block not_a_block quoted_bool bool_for quoted_member member_in_other_case unknown_member too_long not_a_whole_number out_of_range not_a_time not_divisible time_too_long block_in_map map_value map_value_type wrong_number_of_entries single_for_list file_as_requirements no_dbt_commands not_a_dbt_command too_many_dbt_commands too_many_dbt_files missing_fields none_of wrong_format too_many_companions file_takes_a_path existing_without_id not_a_compute argument_none param_type missing_param not_a_condition not_comparable different_types items_too_long reserved_value deprecated exclusive unchecked_not_a_block project_too_large two_default_targets too_many_targets output_type_guessed output_type missing_arguments argument_type doc_too_long unknown_outcome defaults_not_a_block key_too_long root_path_in_a_volume flag_of_wrong_type declared_type element_type wrong_form too_many_tasks default_not_json default_too_long params_too_long two_owners group_as_owner needs_kind git_without_repository not_in_the_workspace not_a_full_table_name duration_without_rule too_many_environments wrong_kind not_a_literal environment_without_version extends_too_deep pipeline_name_too_long
        // graph
        value_of_inner_step never_sets not_upstream other_branch other_outcome self_dependency both_outcomes nested_loop_of_tasks empty_condition kind_of_its_own nested_loop condition_in_loop two_steps_in_loop loop_without_step family_in_loop nested_raw_loop loop_over_non_list bad_items two_tasks_of_one_key element_twice family_without_list output_of_family which_output hidden_output hidden_value unknown_output pipeline_cycle output_of_condition two_kinds no_kind not_on_this_kind waits_for_itself step_inside_loop outcome_of_step cycle
        // compute
        accelerator_count job_cluster_field min_over_max half_single_node single_node_without_tag environment_without_dbt incomplete_cluster unknown_runtime unknown_node_type photon_on_gpu gpu_needs_gpu_runtime gpu_runtime_without_gpu ml_access_mode single_user_name wrong_cloud two_computes_of_step two_compute_fields spark_submit_compute takes_no_compute takes_no_cluster libraries_on_serverless serverless_gpu_on_cluster warehouse_and_cluster environment_without_gpu no_compute_of_its_own unknown_environment unknown_cloud no_such_serverless_gpu python_version no_compute needs_environment no_such_gpu
        // time
        two_triggers param_without_default unknown_time_zone unix_cron never_fires bad_cron
        // refs
        run_time_element run_time_in_object not_constant maybe_not_evaluated run_time_in_constant literal_braces bad_reference unknown_fact_in_braces input_outside_loop different_default pushed_down unknown_fact undeclared_param param_in_default run_time_default secret_here
        // files
        opened_in_working_directory requirement_names_a_file relative_path not_a_path not_a_data_file not_a_text_file not_in_the_wheel no_dbt_project notebook_not_found not_a_requirements_file requirements_not_found requirements_not_text requirements_too_deep bad_requirement_line requirements_without_cluster no_package module_not_found module_in_several file_not_found directory_instead_of_file wrong_file_kind unread_argument notebooks_of_one_name outputs_not_named never_returns returns_nothing function_not_found module_unreadable module_not_python not_a_function generator positional_only bad_default production_without_root_path production_with_run_as_only package_path package_unreadable two_wheels_of_one_name record_without_output output_not_returned not_a_cluster_library requirement_of_this_machine requirement_is_local bad_requirement
    };
    let sources = [
        include_str!("choices.rs"),
        include_str!("names.rs"),
        include_str!("places.rs"),
        include_str!("keys.rs"),
        include_str!("unused.rs"),
        include_str!("values.rs"),
        include_str!("graph.rs"),
        include_str!("compute.rs"),
        include_str!("time.rs"),
        include_str!("types.rs"),
        include_str!("refs.rs"),
        include_str!("files.rs"),
    ];
    compare("check", &listing(&sources, called));
}
