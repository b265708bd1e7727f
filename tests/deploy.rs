//! Deployments against the simulated workspace in `tests/support`.

use crate::support::stand;
use crate::support::workspace;
use std::collections::BTreeSet;

use crate::support::stand::{Project, Ran, ann_root, pipec, root, run, spawn};
use crate::support::workspace::{ANN, CLIENT, Fault, Node, PAT, SECRET, Trouble, When, Workspace};
use serde_json::{Value, json};

fn writes(workspace: &Workspace) -> Vec<String> {
    workspace.take_log().into_iter().filter(workspace::Logged::is_write).map(|l| l.path).collect()
}

/// The number of requests that contain a text.
fn count(paths: &[String], part: &str) -> usize {
    paths.iter().filter(|p| p.contains(part)).count()
}

/// Waits until the workspace has received a number of requests.
fn asked(workspace: &Workspace, part: &str, times: usize) {
    for _ in 0..1000 {
        if workspace.inner().log.iter().filter(|l| l.path.contains(part)).count() >= times {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nobody asked for {part:?}");
}

fn job_of(workspace: &Workspace, name: &str) -> (i64, Value) {
    let inner = workspace.inner();
    let (id, job) = inner.jobs.iter().find(|(_, j)| j.settings["name"] == name).unwrap();
    (*id, job.settings.clone())
}

#[test]
fn a_first_deployment_puts_everything_there_and_says_where() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let ran = run(&workspace, shop.path(), &["deploy"]).ok();
    let (id, report) = job_of(&workspace, "report");
    assert!(ran.out.contains(&format!("report  {}/jobs/{id}", workspace.url)), "{}", ran.out);
    // The id of the other job replaces the one that only the workspace knows.
    let (load, _) = job_of(&workspace, "load");
    assert_eq!(report["tasks"][0]["run_job_task"]["job_id"], load);
    let inner = workspace.inner();
    assert!(inner.wrong.is_empty(), "{:?}", inner.wrong);
    let grants = &inner.jobs[&id].grants;
    assert!(grants.contains(&json!({ "group_name": "analysts", "permission_level": "CAN_VIEW" })), "{grants:?}");
    assert!(
        grants.contains(&json!({ "service_principal_name": CLIENT, "permission_level": "IS_OWNER" })),
        "who deploys stays the owner: {grants:?}"
    );
    assert!(inner.nodes.keys().any(|p| p.starts_with(&format!("{}/wheels/shop-1.0.0+p", root()))));
    // A script imports the module of its directory by name.
    assert!(inner.nodes.keys().any(|p| p.ends_with("/scripts/sum.py")));
    assert!(inner.nodes.keys().any(|p| p.ends_with("/scripts/helpers.py")));
    assert!(inner.nodes.iter().any(|(p, n)| p.contains("/notebooks/clean-") && matches!(n, Node::Notebook(_))));
}

#[test]
fn an_unchanged_project_takes_the_same_few_requests_whatever_its_size() {
    let counted = |project: &Project| {
        let workspace = Workspace::start();
        run(&workspace, project.path(), &["deploy"]).ok();
        workspace.take_log();
        run(&workspace, project.path(), &["deploy"]).ok().says("nothing has changed");
        let log = workspace.take_log();
        assert!(!log.iter().any(workspace::Logged::is_write));
        log.into_iter().map(|l| format!("{} {}", l.method, l.path)).collect::<Vec<_>>()
    };
    let small = counted(&Project::of("pipeline p {\n  step a {\n    notebook \"/n\"\n  }\n}\n"));
    assert_eq!(
        small,
        [
            "GET /oidc/.well-known/oauth-authorization-server",
            "POST /oidc/v1/token",
            "GET /api/2.0/preview/scim/v2/Me",
            "GET /api/2.0/workspace/list",
            "GET /api/2.0/workspace/export",
        ]
    );
    assert_eq!(counted(&Project::shop()), small);
    assert_eq!(counted(&large()), small);
}

/// A project with 1000 steps and 50 files.
fn large() -> Project {
    let mut text = "pipeline big {\n".to_owned();
    for i in 0..1000 {
        let file = i % 50;
        text.push_str(&format!("  step s{i} {{\n    notebook \"./notebooks/n{file}.py\"\n  }}\n"));
    }
    text.push_str("}\n");
    let project = Project::of(&text);
    for i in 0..50 {
        project.write(&format!("notebooks/n{i}.py"), &format!("# Databricks notebook source\nprint({i})\n"));
    }
    project
}

#[test]
fn a_thousand_steps_and_fifty_files_take_as_few_requests_as_the_service_allows() {
    let (workspace, project) = (Workspace::start(), large());
    run(&workspace, project.path(), &["deploy"]).ok();
    let log = workspace.take_log();
    let of = |method: &str, part: &str| log.iter().filter(|l| l.method == method && l.path.contains(part)).count();
    assert_eq!(of("POST", "/workspace/import"), 50, "one for each file");
    assert_eq!(of("POST", "/jobs/create"), 1);
    assert_eq!(of("POST", "/jobs/reset"), 0);
    assert_eq!(of("GET", "/jobs/get"), 10, "read back in pages of 100 tasks");
    assert_eq!(of("POST", "/workspace/mkdirs"), 2, "one folder for all of them, and one for the state");
    assert_eq!(log.len(), 75, "the number in docs/deploy.md");
    assert_eq!(of("POST", "/import-file/"), 3, "two states, and the first attempt before there was a folder");
    run(&workspace, project.path(), &["plan", "--exit-code"]).ok().says("nothing to do");
}

#[test]
fn one_changed_line_is_one_upload_and_one_reset() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    workspace.take_log();
    shop.edit("notebooks/clean.py", "print(rows)", "print(rows, rows)");
    let plan = run(&workspace, shop.path(), &["plan", "--exit-code"]).fails(1);
    assert_eq!(writes(&workspace), Vec::<String>::new(), "a plan writes nothing");
    assert!(plan.out.contains("~ update  load"), "{}", plan.out);
    assert!(plan.out.contains("runs the new notebook notebooks/clean.py"), "{}", plan.out);
    assert!(!plan.out.contains("report"), "{}", plan.out);
    run(&workspace, shop.path(), &["deploy"]).ok();
    let writes = writes(&workspace);
    assert_eq!(count(&writes, "/workspace/import"), 1);
    assert_eq!(count(&writes, "/jobs/reset"), 1);
    assert_eq!(count(&writes, "/import-file/"), 2, "two states and no other file: {writes:?}");
    assert_eq!(writes.len(), 4);
}

#[test]
fn a_changed_wheel_is_told_once_with_its_files() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    shop.edit("src/shop/load.py", "return day.day", "return day.day + 1");
    shop.write("src/shop/extra.py", "X = 1\n");
    let plan = run(&workspace, shop.path(), &["plan"]).ok().out;
    assert_eq!(plan.matches("wheel shop   1.0.0+p").count(), 1, "{plan}");
    assert!(plan.contains("~ shop/load.py") && plan.contains("+ shop/extra.py"), "{plan}");
    assert!(!plan.contains("libraries"), "the path of the wheel is no change of its own: {plan}");
}

#[test]
fn a_renamed_step_is_told_as_one() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    shop.edit("pipeline.pipe", "step fetch", "step fetch_orders");
    shop.edit("pipeline.pipe", "fetch.rows", "fetch_orders.rows");
    let plan = run(&workspace, shop.path(), &["plan"]).ok().out;
    assert!(plan.contains("step fetch is renamed to fetch_orders"), "{plan}");
    assert!(!plan.contains("- step") && !plan.contains("+ step"), "{plan}");
    let json = run(&workspace, shop.path(), &["plan", "--format", "json"]).ok().json();
    let load = &json["projects"][0]["plan"]["jobs"][0];
    assert_eq!(load["renamed_steps"], json!([{ "was": "fetch", "now": "fetch_orders" }]));
    assert_eq!(load["changes"], json!([]));
}

#[test]
fn a_removed_pipeline_is_deleted_only_after_a_word() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let (old, _) = job_of(&workspace, "old");
    let text = std::fs::read_to_string(shop.path().join("pipeline.pipe")).unwrap();
    shop.write("pipeline.pipe", text.split("pipeline old").next().unwrap());
    run(&workspace, shop.path(), &["plan"]).ok().says("- delete  old").says("no longer in the source");
    workspace.take_log();
    run(&workspace, shop.path(), &["deploy"]).fails(2).says("old would be deleted").says("--yes");
    assert_eq!(writes(&workspace), Vec::<String>::new(), "nothing is done before the question");
    run(&workspace, shop.path(), &["deploy", "--yes"]).ok();
    assert!(!workspace.inner().jobs.contains_key(&old));
}

#[test]
fn what_others_changed_is_shown_apart_and_put_back() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok().says("nothing to do");
    let (id, _) = job_of(&workspace, "report");
    {
        let mut inner = workspace.inner();
        let settings = &mut inner.jobs.get_mut(&id).unwrap().settings;
        settings["schedule"]["quartz_cron_expression"] = "0 0 12 * * ?".into();
        settings["tags"]["who"] = "was here".into();
    }
    let plan = run(&workspace, shop.path(), &["plan"]).ok().out;
    let theirs = plan.split("changed in the workspace").nth(1).unwrap();
    assert!(theirs.contains(r#"schedule.quartz_cron_expression: "0 0 6 * * ?" -> "0 0 12 * * ?""#), "{plan}");
    assert!(theirs.contains("tags.who"), "{plan}");
    run(&workspace, shop.path(), &["deploy"]).ok().says("deploy --refresh");
    run(&workspace, shop.path(), &["deploy", "--refresh"]).ok();
    assert_eq!(job_of(&workspace, "report").1["schedule"]["quartz_cron_expression"], "0 0 6 * * ?");
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn a_job_that_somebody_deleted_is_made_again_and_named_by_others() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let (load, _) = job_of(&workspace, "load");
    workspace.inner().jobs.remove(&load);
    run(&workspace, shop.path(), &["run", "load"]).fails(3).says("no longer exists").says("deploy --refresh");
    run(&workspace, shop.path(), &["plan"]).ok().says("+ create  load").says("no longer exists");
    run(&workspace, shop.path(), &["status"]).ok().says("deleted in the workspace");
    run(&workspace, shop.path(), &["deploy", "--refresh"]).ok();
    let (again, _) = job_of(&workspace, "load");
    assert_ne!(again, load);
    assert_eq!(job_of(&workspace, "report").1["tasks"][0]["run_job_task"]["job_id"], again);
}

#[test]
fn a_lost_state_makes_no_second_job() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let before: BTreeSet<i64> = workspace.inner().jobs.keys().copied().collect();
    let state = format!("{}/state", root());
    workspace.inner().nodes.retain(|p, _| !p.starts_with(&state));
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(workspace.inner().jobs.keys().copied().collect::<BTreeSet<_>>(), before);
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn a_deleted_wheel_is_uploaded_again() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let wheels = format!("{}/wheels/", root());
    workspace.inner().nodes.retain(|p, _| !p.starts_with(&wheels));
    run(&workspace, shop.path(), &["plan", "--exit-code"]).fails(1).says("1 to upload");
    run(&workspace, shop.path(), &["deploy", "--refresh"]).ok();
    assert!(workspace.inner().nodes.keys().any(|p| p.starts_with(&wheels)));
}

#[test]
fn permissions_that_the_source_takes_back_are_taken_back() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let text = std::fs::read_to_string(shop.path().join("pipeline.pipe")).unwrap();
    let (before, rest) = text.split_once("  access_control_list").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    shop.write("pipeline.pipe", &format!("{before}{after}"));
    run(&workspace, shop.path(), &["plan"]).ok().says("- permission analysts CAN_VIEW");
    run(&workspace, shop.path(), &["deploy"]).ok();
    let (id, _) = job_of(&workspace, "report");
    assert_eq!(
        workspace.inner().jobs[&id].grants,
        [json!({ "service_principal_name": CLIENT, "permission_level": "IS_OWNER" })]
    );
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn somebody_who_does_not_exist_is_told_and_the_next_deployment_goes_on() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    shop.edit("pipeline.pipe", "analysts", "nobody_at_all");
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("nobody_at_all) does not exist");
    shop.edit("pipeline.pipe", "nobody_at_all", "analysts");
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert!(workspace.jobs_by_tag().values().all(|ids| ids.len() == 1), "{:?}", workspace.jobs_by_tag());
    assert_eq!(workspace.inner().jobs.len(), 3);
}

#[test]
fn a_missing_right_is_named() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let denied = json!({ "error_code": "PERMISSION_DENIED", "message": "no" });
    let wall = |path: &str| ("POST".to_owned(), path.to_owned(), 403, denied.clone());
    workspace.inner().walls = vec![wall("/api/2.2/jobs/create")];
    run(&workspace, shop.path(), &["deploy"])
        .fails(3)
        .says("cannot create the job of `load`")
        .says("permission to create jobs");
    workspace.inner().walls = vec![wall("/api/2.0/workspace-files/import-file")];
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("CAN EDIT on the directory");
}

#[test]
fn a_path_taken_by_something_else_is_named() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    workspace.inner().nodes.insert(format!("/Workspace/Users/{CLIENT}/.pipec"), Node::File(b"x".to_vec()));
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("is another type of object");
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    shop.edit("pyproject.toml", "1.0.0", "1.0.1");
    let wheels = format!("{}/wheels", root());
    workspace.inner().nodes.retain(|p, _| !p.starts_with(&wheels));
    workspace.inner().nodes.insert(wheels, Node::File(b"x".to_vec()));
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("a file with this path exists");
}

#[test]
fn a_saved_plan_is_done_as_it_is_or_not_at_all() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["plan", "--color", "always"]).ok().says("\u{1b}[32m+ create\u{1b}[0m  ");
    run(&workspace, shop.path(), &["plan", "--out", "p.json"]).ok();
    run(&workspace, shop.path(), &["deploy", "--plan", "p.json"]).ok();
    run(&workspace, shop.path(), &["deploy", "--plan", "p.json"]).fails(3).says("is out of date");
    shop.edit("notebooks/clean.py", "print(rows)", "print(rows, rows)");
    run(&workspace, shop.path(), &["plan", "--out", "p.json"]).ok();
    shop.edit("notebooks/clean.py", "print(rows, rows)", "print(rows, rows, rows)");
    workspace.take_log();
    run(&workspace, shop.path(), &["deploy", "--plan", "p.json"]).fails(3).says("is out of date");
    assert_eq!(writes(&workspace), Vec::<String>::new());
    // A change in the workspace also invalidates the plan.
    run(&workspace, shop.path(), &["plan", "--out", "p.json"]).ok();
    let (id, _) = job_of(&workspace, "load");
    workspace.inner().jobs.get_mut(&id).unwrap().settings["timeout_seconds"] = 60.into();
    run(&workspace, shop.path(), &["deploy", "--plan", "p.json"]).fails(3).says("timeout_seconds");
    run(&workspace, shop.path(), &["deploy", "--plan", "nowhere.json"]).fails(2);
    shop.write("p.json", "{}");
    run(&workspace, shop.path(), &["deploy", "--plan", "p.json"]).fails(2).says("is not a plan");
}

#[test]
fn a_part_of_the_pipelines_leaves_the_others_alone() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy", "--pipeline", "report"]).fails(3).says("without `--pipeline`");
    assert_eq!(writes(&workspace), Vec::<String>::new(), "found before the first write");
    run(&workspace, shop.path(), &["deploy", "--pipeline", "load"]).ok();
    assert_eq!(workspace.inner().jobs.len(), 1);
    run(&workspace, shop.path(), &["deploy", "--pipeline", "nope"]).fails(2).says("unknown pipeline `nope`");
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(workspace.inner().jobs.len(), 3);
    let second = shop.second();
    run(&workspace, second.path(), &["deploy", "--pipeline", "report"]).ok();
    assert_eq!(job_of(&workspace, "report").1["schedule"]["quartz_cron_expression"], "0 0 7 * * ?");
    assert!(workspace.inner().jobs.values().any(|j| j.settings["name"] == "old"), "not named, so not deleted");
}

#[test]
fn generations_stay_and_older_files_go_once_no_run_needs_them() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let wheels = || {
        let inner = workspace.inner();
        inner.nodes.keys().filter(|p| p.ends_with(".whl")).count()
    };
    let mut line = "return day.day".to_owned();
    for i in 0..4 {
        run(&workspace, shop.path(), &["deploy", "--keep", "2"]).ok();
        let next = format!("{line} + {i}");
        shop.edit("src/shop/load.py", &line, &next);
        line = next;
        workspace.later(10);
    }
    assert_eq!(wheels(), 2);
    // A run of the previous generation continues.
    run(&workspace, shop.path(), &["run", "load", "--no-wait"]).ok();
    for i in 0..4 {
        workspace.later(10);
        run(&workspace, shop.path(), &["deploy", "--keep", "2"]).ok();
        let next = format!("{line} + 1{i}");
        shop.edit("src/shop/load.py", &line, &next);
        line = next;
    }
    assert_eq!(wheels(), 5, "what a live run may use is never taken away");
    let states = workspace.inner().nodes.keys().filter(|p| p.contains("/state/")).count();
    assert_eq!(states, 6);
}

#[test]
fn destroy_takes_everything_away_and_asks_first() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let before: Vec<String> = workspace.inner().nodes.keys().cloned().collect();
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok().says("nothing is deployed");
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["destroy"]).fails(2).says("--yes");
    assert_eq!(workspace.inner().jobs.len(), 3);
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok().says("- delete  load");
    let inner = workspace.inner();
    assert!(inner.jobs.is_empty());
    let left: Vec<&String> = inner.nodes.keys().filter(|p| !before.contains(p)).collect();
    assert!(left.iter().all(|p| p.ends_with("/.pipec") || p.ends_with("/.pipec/shop")), "{left:?}");
}

#[test]
fn destroy_leaves_what_is_not_ours() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let theirs = format!("{}/files/notebooks/mine.txt", root());
    workspace.inner().nodes.insert(theirs.clone(), Node::File(b"x".to_vec()));
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok();
    assert!(workspace.inner().nodes.contains_key(&theirs));
}

#[test]
fn eight_who_deploy_the_same_project_at_once_end_with_one_job_each() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let children: Vec<_> = (0..8).map(|_| spawn(&workspace, shop.path(), &["deploy"])).collect();
    for child in children {
        Ran::of(child.wait_with_output().unwrap()).ok();
    }
    assert_eq!(workspace.inner().jobs.len(), 3);
    assert!(workspace.inner().wrong.is_empty());
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn eight_projects_at_once_do_not_touch_each_other() {
    let workspace = Workspace::start();
    let projects: Vec<Project> = (0..8)
        .map(|i| {
            let shop = Project::shop();
            shop.edit("pyproject.toml", "\"shop\"", &format!("\"shop{i}\""));
            shop
        })
        .collect();
    // The package keeps its module; the project is named after the package in source.
    for (i, shop) in projects.iter().enumerate() {
        shop.edit("pipeline.pipe", "package shop", &format!("package shop{i}"));
        shop.edit("pipeline.pipe", "python shop.load", "python shop.load");
    }
    let children: Vec<_> = projects.iter().map(|p| spawn(&workspace, p.path(), &["deploy"])).collect();
    for child in children {
        Ran::of(child.wait_with_output().unwrap()).ok();
    }
    assert_eq!(workspace.inner().jobs.len(), 24);
    assert_eq!(workspace.jobs_by_tag().len(), 24);
}

#[test]
fn a_lock_is_waited_for_and_names_its_owner() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    workspace.trouble(&[Fault { at: 14, when: When::Before, trouble: Trouble::Kill }]);
    spawn(&workspace, shop.path(), &["deploy"]).wait_with_output().unwrap();
    workspace.trouble(&[]);
    run(&workspace, shop.path(), &["deploy", "--lock-timeout", "1"])
        .fails(3)
        .says(&format!("waiting for {CLIENT} on laptop"))
        .says("is deploying this project");
    run(&workspace, shop.path(), &["status"]).ok().says("is deploying (deploy)");
    // An abandoned lock expires.
    workspace.later(61);
    run(&workspace, shop.path(), &["status"]).ok().says("a deploy was interrupted");
    run(&workspace, shop.path(), &["deploy", "--lock-timeout", "1"]).ok();
}

#[test]
fn a_lock_is_renewed_while_uploads_take_their_time() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let slow: Vec<Fault> = (12..18).map(|at| Fault { at, when: When::Before, trouble: Trouble::Delay(1500) }).collect();
    workspace.trouble(&slow);
    let child = spawn(&workspace, shop.path(), &["deploy"]);
    // The lock is held, and uploads have started.
    asked(&workspace, "/workspace/mkdirs", 2);
    workspace.later(40);
    Ran::of(child.wait_with_output().unwrap()).ok();
    let states: Vec<String> = workspace
        .take_log()
        .into_iter()
        .filter(|l| l.path.contains("import-file") && l.path.contains("state") && l.status == 200)
        .map(|l| l.path)
        .collect();
    assert_eq!(states.len(), 3, "begun, renewed, ended: {states:?}");
}

#[test]
fn an_interrupt_gives_the_lock_back() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    workspace.trouble(&[Fault { at: 14, when: When::Before, trouble: Trouble::Interrupt }]);
    let ran = Ran::of(spawn(&workspace, shop.path(), &["deploy"]).wait_with_output().unwrap());
    ran.fails(130).says("interrupted").says("deploy again to continue");
    workspace.trouble(&[]);
    run(&workspace, shop.path(), &["deploy", "--lock-timeout", "0"]).ok();
}

#[test]
fn a_folder_belongs_to_one_project() {
    let workspace = Workspace::start();
    let text = |name: &str| {
        format!(
            "target t {{\n  workspace {{ root_path = \"/Workspace/Shared/here\" }}\n}}\n\npipeline {name} {{\n  step a {{\n    notebook \"/n\"\n  }}\n}}\n"
        )
    };
    let (one, two) = (Project::of(&text("one")), Project::of(&text("two")));
    run(&workspace, one.path(), &["deploy"]).ok();
    run(&workspace, two.path(), &["deploy"]).fails(3).says("belongs to the project `one`");
    run(&workspace, two.path(), &["destroy", "--yes"]).fails(3);
    assert_eq!(workspace.inner().jobs.len(), 1);
}

#[test]
fn a_state_that_somebody_broke_is_not_guessed_at() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let path = format!("{}/state/00000002.json", root());
    workspace.inner().nodes.insert(path.clone(), Node::File(b"{}".to_vec()));
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("is not a deployment state").says("delete this file");
    // Invalid JSON is rejected, too.
    workspace.inner().nodes.insert(path.clone(), Node::File(b"{\"form\":1,".to_vec()));
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("is not a deployment state");
    workspace.inner().nodes.remove(&path);
    // The state before it was written during a deployment, and holds its lock.
    workspace.later(61);
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(workspace.inner().jobs.len(), 3);
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn wheels_go_to_a_volume_where_the_target_says_so() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let text = std::fs::read_to_string(shop.path().join("pipeline.pipe")).unwrap();
    shop.write(
        "pipeline.pipe",
        &format!("{text}\ntarget dev {{\n  workspace {{ artifact_path = \"/Volumes/main/ml/wheels/shop\" }}\n  mode = development\n}}\n"),
    );
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert!(
        workspace
            .inner()
            .nodes
            .keys()
            .any(|p| p.starts_with("/Volumes/main/ml/wheels/shop/shop/dev-") && p.contains("/shop-1.0.0+p"))
    );
    assert!(workspace.inner().wrong.is_empty(), "{:?}", workspace.inner().wrong);
    // Development: a name prefix, and nothing starts automatically.
    let (_, report) = job_of(&workspace, &format!("[dev {CLIENT}] report"));
    assert_eq!(report["schedule"]["pause_status"], "PAUSED");
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok();
    assert!(!workspace.inner().nodes.keys().any(|p| p.ends_with(".whl")));
}

#[test]
fn two_people_have_two_deployments() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let ann = [("DATABRICKS_HOST", workspace.url.as_str()), ("DATABRICKS_TOKEN", PAT)];
    Ran::of(pipec(shop.path(), &["deploy"], &ann).output().unwrap()).ok();
    assert_eq!(workspace.inner().jobs.len(), 6);
    assert!(workspace.inner().nodes.keys().any(|p| p.starts_with(&ann_root())));
    let grants = &workspace.inner().jobs.values().last().unwrap().grants.clone();
    assert!(grants.iter().any(|g| g["user_name"] == ANN && g["permission_level"] == "IS_OWNER"), "{grants:?}");
}

#[test]
fn trouble_that_passes_is_waited_out() {
    for trouble in [
        Trouble::Status(429, Some(1)),
        Trouble::Status(429, None),
        Trouble::Status(503, None),
        Trouble::Status(500, None),
        Trouble::Cut,
        Trouble::Garbage,
        Trouble::Expire,
    ] {
        let (workspace, shop) = (Workspace::start(), Project::shop());
        let faults: Vec<Fault> = [3, 9, 16].map(|at| Fault { at, when: When::Before, trouble }).to_vec();
        workspace.trouble(&faults);
        run(&workspace, shop.path(), &["deploy"]).ok();
        assert_eq!(workspace.inner().jobs.len(), 3, "{trouble:?}");
        run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
    }
}

#[test]
fn trouble_that_stays_ends_with_a_word() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    workspace.inner().walls =
        vec![("GET".to_owned(), "/api/2.0/workspace/list".to_owned(), 500, json!({ "message": "planted" }))];
    let began = std::time::Instant::now();
    run(&workspace, shop.path(), &["deploy"]).fails(3).says("cannot list").says("HTTP 500: planted");
    assert!(began.elapsed() < std::time::Duration::from_secs(60));
    let nobody = [("DATABRICKS_HOST", "http://127.0.0.1:9"), ("DATABRICKS_TOKEN", PAT)];
    Ran::of(pipec(shop.path(), &["plan"], &nobody).output().unwrap()).fails(3).says("check the URL http://127.0.0.1:9");
}

#[test]
fn a_token_server_is_waited_for_as_it_asks() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let token = |seconds| [Fault { at: 1, when: When::Before, trouble: Trouble::Status(429, Some(seconds)) }];
    workspace.trouble(&token(2));
    let began = std::time::Instant::now();
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert!(began.elapsed() >= std::time::Duration::from_secs(2), "it came back too early");
    workspace.trouble(&token(3600));
    run(&workspace, shop.path(), &["plan"]).fails(3).says("returned 429, and asks to wait for 3600 s");
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    workspace.inner().token_life = Some(1);
    let slow: Vec<Fault> = (6..10).map(|at| Fault { at, when: When::Before, trouble: Trouble::Delay(400) }).collect();
    workspace.trouble(&slow);
    run(&workspace, shop.path(), &["deploy"]).ok();
    let log = workspace.take_log();
    assert!(log.iter().filter(|l| l.path == "/oidc/v1/token").count() >= 2);
    assert!(log.iter().all(|l| l.status != 401), "it ended on the way");
}

#[test]
fn a_run_is_started_followed_and_explained() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["run", "load"]).fails(3).says("is not deployed");
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--param", "day=soon"]).fails(2).says("`day` must be a date");
    run(&workspace, shop.path(), &["run", "load", "--only", "fitch"]).fails(2).says("did you mean `fetch`");
    let task = |key: &str, id: i64, state: &str, result: Option<&str>, attempt: i64| {
        json!({ "task_key": key, "run_id": id, "attempt_number": attempt, "start_time": 1_000, "end_time": if result.is_some() { 3_500 } else { 0 },
                "state": { "life_cycle_state": state, "result_state": result } })
    };
    let mut looping = task("clean", 2, "RUNNING", None, 0);
    let stats = json!({ "completed_iterations": 3, "failed_iterations": 1, "total_iterations": 10 });
    looping["for_each_task"] = json!({ "stats": { "task_run_stats": stats } });
    workspace.inner().script = vec![
        json!({ "tasks": [task("fetch", 1, "PENDING", None, 0), task("clean", 2, "BLOCKED", None, 0)] }),
        json!({ "tasks": [task("fetch", 1, "TERMINATED", Some("FAILED"), 0), task("fetch", 3, "RUNNING", None, 1), looping.clone()] }),
        json!({ "state": { "life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": "Task fetch failed" },
                "tasks": [task("fetch", 1, "TERMINATED", Some("FAILED"), 0), task("fetch", 3, "TERMINATED", Some("FAILED"), 1),
                          task("clean", 2, "TERMINATED", Some("UPSTREAM_FAILED"), 0)] }),
    ];
    workspace
        .inner()
        .outputs
        .insert(3, json!({ "error": "ValueError: no orders", "error_trace": "Traceback\n  File load.py, line 8" }));
    let ran = run(&workspace, shop.path(), &["run", "load", "--param", "day=2026-02-03", "--only", "fetch"]).fails(1);
    assert!(ran.out.contains("/runs/"), "the page of the run, not of the job: {}", ran.out);
    for said in [
        "fetch  running, attempt 2",
        "clean  running 3/10, 1 failed",
        "failed, attempt 2",
        "2.5 s",
        "upstream failed",
        "step fetch failed: ValueError: no orders",
        "File load.py, line 8",
        "Task fetch failed",
    ] {
        assert!(ran.err.contains(said), "no {said:?} in {}", ran.err);
    }
    assert!(!ran.err.contains("step clean failed"), "it did nothing wrong: {}", ran.err);
    let sent = workspace.take_log().into_iter().find(|l| l.path.ends_with("/run-now")).unwrap();
    let sent: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent["job_parameters"], json!({ "day": "2026-02-03" }));
    assert_eq!(sent["only"], json!(["fetch"]));
}

#[test]
fn a_run_that_got_no_answer_is_started_once() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    workspace.inner().script =
        vec![json!({ "state": { "life_cycle_state": "TERMINATED", "result_state": "SUCCESS" } })];
    // Login, user, state, state, then the start.
    workspace.trouble(&[Fault { at: 5, when: When::After, trouble: Trouble::Cut }]);
    run(&workspace, shop.path(), &["run", "load"]).ok().says("done    success");
    assert_eq!(workspace.inner().runs.len(), 1);
    run(&workspace, shop.path(), &["run", "load", "--token", "tonight", "--no-wait"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--token", "tonight", "--no-wait"]).ok();
    assert_eq!(workspace.inner().runs.len(), 2);
}

#[test]
fn a_run_that_takes_too_long_is_left_and_so_is_one_that_is_interrupted() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--timeout", "1"]).fails(3).says("continues in the workspace");
    workspace.trouble(&[Fault { at: 7, when: When::After, trouble: Trouble::Interrupt }]);
    let ran = Ran::of(spawn(&workspace, shop.path(), &["run", "load"]).wait_with_output().unwrap());
    ran.fails(130).says("the run continues: http");
}

#[test]
fn status_tells_what_is_there_and_what_comes_next() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["status"]).ok().says("nothing is deployed");
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--no-wait"]).ok();
    let text = run(&workspace, shop.path(), &["status"]).ok().out;
    assert!(text.contains("06:00:00 CE"), "{text}");
    assert!(text.contains("when started manually") && text.contains("never ran") && text.contains("running"), "{text}");
    let json = run(&workspace, shop.path(), &["status", "--format", "json"]).ok().json();
    let pipelines = json["projects"][0]["pipelines"].as_array().unwrap();
    assert_eq!(pipelines.len(), 3);
    let load = pipelines.iter().find(|p| p["pipeline"] == "load").unwrap();
    assert_eq!(load["runs"][0]["state"], "RUNNING");
}

#[test]
fn no_secret_is_ever_seen() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let mut seen = String::new();
    let mut see = |ran: Ran| {
        seen.push_str(&ran.out);
        seen.push_str(&ran.err);
    };
    for args in [
        &["auth", "-vv"][..],
        &["plan", "-vv", "--out", "p.json"],
        &["deploy", "-vv"],
        &["deploy", "-vv", "--refresh"],
        &["status", "-vv"],
        &["run", "load", "-vv", "--no-wait"],
    ] {
        see(run(&workspace, shop.path(), args).ok());
    }
    // A server that echoes what it received.
    let echo = json!({ "error_code": "X", "message": format!("you sent {SECRET} and $AUTHORIZATION") });
    workspace.inner().walls = vec![("GET".to_owned(), "/api/2.0/preview/scim".to_owned(), 400, echo)];
    see(run(&workspace, shop.path(), &["plan", "-vv"]).fails(3));
    workspace.inner().walls.clear();
    let wrong = [
        ("DATABRICKS_HOST", workspace.url.as_str()),
        ("DATABRICKS_CLIENT_ID", CLIENT),
        ("DATABRICKS_CLIENT_SECRET", "dose-planted-client-secret-wrong"),
    ];
    see(Ran::of(pipec(shop.path(), &["plan", "-vv"], &wrong).output().unwrap()).fails(3).says("invalid_client"));
    let pat = [("DATABRICKS_HOST", workspace.url.as_str()), ("DATABRICKS_TOKEN", PAT)];
    see(Ran::of(pipec(shop.path(), &["deploy", "-vv"], &pat).output().unwrap()));
    seen.push_str(&std::fs::read_to_string(shop.path().join("p.json")).unwrap());
    seen.push_str(&workspace.all_text());
    for secret in [SECRET, PAT, "planted-oauth-token-1", "dose-"] {
        assert!(
            !seen.contains(secret),
            "{secret} is in {}",
            seen.split(secret)
                .next()
                .unwrap()
                .chars()
                .rev()
                .take(300)
                .collect::<String>()
                .chars()
                .rev()
                .collect::<String>()
        );
    }
}

#[test]
fn a_token_goes_nowhere_else() {
    let (workspace, elsewhere, shop) = (Workspace::start(), Workspace::start(), Project::shop());
    // The target is one workspace, and the credentials of the environment are for another.
    let text = std::fs::read_to_string(shop.path().join("pipeline.pipe")).unwrap();
    shop.write(
        "pipeline.pipe",
        &format!("{text}\ntarget dev {{\n  workspace {{ host = \"{}\" }}\n}}\n", elsewhere.url),
    );
    run(&workspace, shop.path(), &["plan"]).fails(2).says("are never sent to another");
    // A profile of another workspace.
    let profile = format!("[other]\nhost = {}\ntoken = {PAT}\n", workspace.url);
    shop.write(".databrickscfg", &profile);
    Ran::of(pipec(shop.path(), &["plan", "--profile", "other"], &[]).output().unwrap())
        .fails(2)
        .says("are never sent to another");
    assert!(elsewhere.take_log().is_empty());
    // Redirects are not followed.
    shop.write("pipeline.pipe", &text);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let front = format!("http://{}", listener.local_addr().unwrap());
    let target = elsewhere.url.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: {target}/x?secret=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    let env = [("DATABRICKS_HOST", front.as_str()), ("DATABRICKS_TOKEN", PAT)];
    Ran::of(pipec(shop.path(), &["plan"], &env).output().unwrap())
        .fails(3)
        .says("redirected to")
        .says("credentials are not sent to another host");
    assert!(elsewhere.take_log().is_empty());
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    let shop = Project::shop();
    let env = [("DATABRICKS_HOST", "http://adb-1.azuredatabricks.net"), ("DATABRICKS_TOKEN", PAT)];
    Ran::of(pipec(shop.path(), &["plan"], &env).output().unwrap())
        .fails(2)
        .says("`http` is only allowed for this machine");
}

#[test]
fn two_projects_of_one_name_do_not_take_each_other_away() {
    let workspace = Workspace::start();
    let (one, two) = (Project::shop(), Project::shop());
    run(&workspace, one.path(), &["deploy"]).ok();
    for (name, other) in [("load", "import_orders"), ("report", "tell"), ("old", "new")] {
        two.edit("pipeline.pipe", &format!("pipeline {name}"), &format!("pipeline {other}"));
    }
    two.edit("pipeline.pipe", "run load", "run import_orders");
    // The same files with other names: a project with renamed pipelines.
    run(&workspace, two.path(), &["plan"]).ok().says("- delete  load");
    two.write(
        "src/shop/load.py",
        "\"\"\"Other.\"\"\"\n\nimport datetime\n\n\ndef run(day: datetime.date) -> int:\n    return 7\n",
    );
    two.write("scripts/sum.py", "print(1)\n");
    two.write("notebooks/clean.py", "# Databricks notebook source\nprint(dbutils.widgets.get(\"rows\"), 2)\n");
    two.write("src/shop/__init__.py", "\"\"\"Another shop.\"\"\"\n");
    for command in ["plan", "deploy"] {
        run(&workspace, two.path(), &[command]).fails(3).says("has no pipelines in common with this project");
    }
    assert_eq!(workspace.inner().jobs.len(), 3);
}

#[test]
fn a_plan_that_is_old_does_not_take_a_serial_that_others_left_behind() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    // Before this deployment locks, others deploy so often that the states it knows are deleted.
    let (state, serial) = (format!("{}/state", root()), 2);
    workspace.trouble(&[Fault { at: 12, when: When::Before, trouble: Trouble::Delay(1200) }]);
    shop.edit("notebooks/clean.py", "print(rows)", "print(rows, 1)");
    let child = spawn(&workspace, shop.path(), &["deploy"]);
    asked(&workspace, "", 13);
    {
        let mut inner = workspace.inner();
        let old = inner.nodes.remove(&format!("{state}/{serial:08}.json")).unwrap();
        let Node::File(bytes) = old else { panic!("no file") };
        inner.nodes.retain(|p, _| !p.starts_with(&format!("{state}/")));
        let text = String::from_utf8(bytes).unwrap().replace("\"serial\":2", "\"serial\":40");
        inner.nodes.insert(format!("{state}/00000040.json"), Node::File(text.into_bytes()));
    }
    Ran::of(child.wait_with_output().unwrap()).ok();
    let serials: Vec<String> =
        workspace.inner().nodes.keys().filter(|p| p.starts_with(&format!("{state}/"))).cloned().collect();
    assert!(serials.iter().all(|p| p >= &format!("{state}/00000040.json")), "{serials:?}");
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn destroy_finds_jobs_whose_state_was_lost() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let state = format!("{}/state", root());
    workspace.inner().nodes.retain(|p, _| !p.starts_with(&state));
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok();
    assert!(workspace.inner().jobs.is_empty());
    assert!(!workspace.inner().nodes.keys().any(|p| p.ends_with(".whl")));
}

#[test]
fn a_job_that_turns_up_late_is_taken_away_by_the_next_deployment() {
    let (workspace, shop) =
        (Workspace::start(), Project::of("pipeline p {\n  step a {\n    notebook \"/n\"\n  }\n}\n"));
    // The creation gets no response, and the job does not exist when it is looked up.
    let creates = 10;
    workspace.trouble(&[Fault { at: creates, when: When::Before, trouble: Trouble::Cut }]);
    run(&workspace, shop.path(), &["deploy"]).ok();
    let log = workspace.take_log();
    assert_eq!(
        log[creates].path,
        "/api/2.2/jobs/create",
        "{:?}",
        log.iter().map(|l| l.path.clone()).collect::<Vec<_>>()
    );
    {
        let mut inner = workspace.inner();
        let (_, job) = inner.jobs.first_key_value().unwrap();
        let mut late = job.clone();
        late.created += 5_000;
        inner.jobs.insert(900, late);
    }
    run(&workspace, shop.path(), &["deploy"]).ok().says("a duplicate");
    assert_eq!(workspace.inner().jobs.len(), 1);
    assert!(!workspace.inner().jobs.contains_key(&900));
}

/// After a deployment that was interrupted while changing a job, a job with the same tag is a copy, and not ours.
#[test]
fn a_copy_that_somebody_made_is_left_alone() {
    let (workspace, shop) =
        (Workspace::start(), Project::of("pipeline p {\n  step a {\n    notebook \"/n\"\n  }\n}\n"));
    run(&workspace, shop.path(), &["deploy"]).ok();
    {
        let mut inner = workspace.inner();
        let mut copy = inner.jobs.first_key_value().unwrap().1.clone();
        copy.created += 5_000;
        inner.jobs.insert(900, copy);
    }
    shop.edit("main.pipe", "/n", "/m");
    // Another workspace shows the index of the update request.
    let (twin, other) = (Workspace::start(), Project::of("pipeline p {\n  step a {\n    notebook \"/n\"\n  }\n}\n"));
    run(&twin, other.path(), &["deploy"]).ok();
    other.edit("main.pipe", "/n", "/m");
    twin.take_log();
    run(&twin, other.path(), &["deploy"]).ok();
    let at = twin.take_log().iter().position(|asked| asked.path == "/api/2.2/jobs/reset").unwrap();
    workspace.trouble(&[Fault { at, when: When::Before, trouble: Trouble::Status(400, None) }]);
    let refused = run(&workspace, shop.path(), &["deploy"]);
    assert!(refused.code == Some(3) && refused.err.contains("HTTP 400"), "{}", refused.err);
    workspace.trouble(&[]);
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(workspace.inner().jobs.len(), 2, "the copy is gone");
    assert!(workspace.inner().jobs.contains_key(&900));
    let own = workspace.inner().jobs.iter().find(|(id, _)| **id != 900).unwrap().1.settings.to_string();
    assert!(own.contains("\"/m\""), "{own}");
}

#[test]
fn the_owner_may_be_named_in_the_source() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    shop.edit("pipeline.pipe", "group_name = \"analysts\"", &format!("service_principal_name = \"{CLIENT}\""));
    shop.edit("pipeline.pipe", "CAN_VIEW", "CAN_MANAGE");
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok().says("nothing to do");
}

#[test]
fn run_as_that_is_taken_out_is_taken_back() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let with = "run_as { service_principal_name = \"somebody\" }\n  access_control_list";
    shop.edit("pipeline.pipe", "access_control_list", with);
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(job_of(&workspace, "report").1["run_as"]["service_principal_name"], "somebody");
    shop.edit("pipeline.pipe", with, "access_control_list");
    run(&workspace, shop.path(), &["deploy"]).ok();
    assert_eq!(job_of(&workspace, "report").1["run_as"]["service_principal_name"], CLIENT);
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

/// Authentication types that end with a token of the workspace's OAuth server, or of Entra ID.
#[test]
fn other_ways_to_log_in_work() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    shop.write("token.txt", "planted-subject-token\n");
    let host = ("DATABRICKS_HOST", workspace.url.as_str());
    let id = ("DATABRICKS_CLIENT_ID", CLIENT);
    let idtoken = format!("{}/idtoken?x=1", workspace.url);
    let file = shop.path().join("token.txt").display().to_string();
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("env-oidc", &[host, id, ("DATABRICKS_OIDC_TOKEN", "planted-subject-token")]),
        ("file-oidc", &[host, id, ("DATABRICKS_OIDC_TOKEN_FILEPATH", &file)]),
        (
            "github-oidc",
            &[
                host,
                id,
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &idtoken),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "planted-request-token"),
            ],
        ),
        (
            "azure-client-secret",
            &[
                host,
                ("DATABRICKS_AUTH_TYPE", "azure-client-secret"),
                ("ARM_CLIENT_ID", CLIENT),
                ("ARM_CLIENT_SECRET", SECRET),
                ("ARM_TENANT_ID", "tenant-1"),
                ("AZURE_AUTHORITY_HOST", &workspace.url),
            ],
        ),
    ];
    for (method, env) in cases {
        let ran = Ran::of(pipec(shop.path(), &["auth", "-vv"], env).output().unwrap()).ok();
        assert!(ran.out.contains(method) && ran.out.contains(CLIENT), "{method}: {}", ran.out);
        assert!(!ran.out.contains(SECRET) && !ran.err.contains("planted-"), "{}{}", ran.out, ran.err);
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_prints_tokens_is_asked() {
    use std::os::unix::fs::PermissionsExt;
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let script = |text: &str| {
        let path = shop.path().join("bin/databricks");
        shop.write("bin/databricks", text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let path = format!("{}:{}", shop.path().join("bin").display(), std::env::var("PATH").unwrap());
    let env = [("DATABRICKS_HOST", workspace.url.as_str()), ("PATH", path.as_str())];
    let auth = || Ran::of(pipec(shop.path(), &["auth"], &env).output().unwrap());
    script(&format!(
        "#!/bin/sh\n[ \"$3\" = --host ] && echo '{{\"access_token\": \"{PAT}\", \"token_type\": \"Bearer\"}}'\n"
    ));
    auth().ok().says("databricks-cli").says(ANN);
    script("#!/bin/sh\necho 'no login for this host' >&2\nexit 1\n");
    auth().fails(3).says("no login for this host");
    script("#!/bin/sh\necho nothing\n");
    auth().fails(3).says("has no `access_token`");
    // More than the capacity of a pipe, and a child process that keeps the pipe open.
    let pid = shop.path().join("pid");
    script(&format!(
        "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\nsleep 50 &\necho $! > '{}'\necho '{{\"access_token\": \"{PAT}\"}}'\n",
        pid.display()
    ));
    auth().ok().says(ANN);
    let left = std::fs::read_to_string(pid).unwrap();
    let killed = std::process::Command::new("kill").arg(left.trim()).status().unwrap();
    assert!(killed.success(), "pipec waited for what its program left behind");
}

#[test]
fn a_dbt_project_goes_along_as_a_folder() {
    let workspace = Workspace::start();
    let dir = tempfile::tempdir().unwrap();
    stand::copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sql_dbt"), dir.path());
    run(&workspace, dir.path(), &["deploy"]).ok();
    let (_, job) = job_of(&workspace, "nightly_marts");
    let marts = job["tasks"].as_array().unwrap().iter().find(|t| t["task_key"] == "marts").unwrap().clone();
    let folder = marts["dbt_task"]["project_directory"].as_str().unwrap().to_owned();
    let inner = workspace.inner();
    assert_eq!(inner.nodes.get(&folder), Some(&Node::Folder));
    assert!(inner.nodes.contains_key(&format!("{folder}/dbt_project.yml")));
    assert!(inner.nodes.contains_key(&format!("{folder}/models/marts/orders_by_day.sql")));
    assert!(inner.wrong.is_empty(), "{:?}", inner.wrong);
}

#[test]
fn what_broke_off_is_not_forgotten_by_a_part() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    // A destruction that is killed after it has deleted a job.
    let requests = {
        let (other, copy) = (Workspace::start(), Project::shop());
        run(&other, copy.path(), &["deploy"]).ok();
        other.take_log();
        run(&other, copy.path(), &["destroy", "--yes"]).ok();
        other.take_log()
    };
    let at = requests.iter().position(|l| l.path.ends_with("/jobs/delete")).unwrap() + 2;
    workspace.trouble(&[Fault { at, when: When::After, trouble: Trouble::Kill }]);
    spawn(&workspace, shop.path(), &["destroy", "--yes"]).wait_with_output().unwrap();
    workspace.trouble(&[]);
    workspace.later(120);
    assert!(workspace.inner().jobs.len() < 3);
    run(&workspace, shop.path(), &["deploy", "--pipeline", "old"]).ok();
    let ran = run(&workspace, shop.path(), &["deploy"]).ok();
    assert!(!ran.err.contains("nothing has changed"), "{}", ran.err);
    assert_eq!(workspace.inner().jobs.len(), 3);
    run(&workspace, shop.path(), &["deploy"]).ok().says("nothing has changed");
}

#[test]
fn a_part_keeps_the_files_that_the_others_need_and_drops_its_own() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy", "--keep", "1"]).ok();
    let old = job_of(&workspace, "old").1.to_string();
    let mut line = "return day.day".to_owned();
    for i in 0..4 {
        let next = format!("{line} + {i}");
        shop.edit("src/shop/load.py", &line, &next);
        line = next;
        workspace.later(10);
        run(&workspace, shop.path(), &["deploy", "--pipeline", "load", "--keep", "1"]).ok();
    }
    let inner = workspace.inner();
    let wheels: Vec<&String> = inner.nodes.keys().filter(|p| p.ends_with(".whl")).collect();
    assert_eq!(wheels.len(), 2, "that of `old`, and the last one of `load`: {wheels:?}");
    assert!(wheels.iter().any(|w| old.contains(w.as_str())));
}

#[test]
fn somebody_elses_run_as_is_put_back() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let (id, _) = job_of(&workspace, "load");
    workspace.inner().jobs.get_mut(&id).unwrap().settings["run_as"] = json!({ "service_principal_name": "root" });
    run(&workspace, shop.path(), &["plan"]).ok().says("run_as");
    run(&workspace, shop.path(), &["deploy", "--refresh"]).ok();
    assert_eq!(job_of(&workspace, "load").1["run_as"]["service_principal_name"], CLIENT);
    run(&workspace, shop.path(), &["plan", "--exit-code"]).ok();
}

#[test]
fn a_stray_file_beside_the_states_stops_nothing() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    let state = format!("{}/state", root());
    {
        let mut inner = workspace.inner();
        let mut at = String::new();
        for part in state.trim_matches('/').split('/') {
            at = format!("{at}/{part}");
            inner.nodes.insert(at.clone(), Node::Folder);
        }
        inner.nodes.insert(format!("{state}/note.txt"), Node::File(b"mine".to_vec()));
    }
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["destroy", "--yes"]).ok();
    assert!(workspace.inner().nodes.contains_key(&format!("{state}/note.txt")));
}

#[test]
fn runs_that_go_on_are_not_left_without_their_files() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--no-wait"]).ok();
    run(&workspace, shop.path(), &["destroy", "--yes"]).fails(3).says("--cancel-runs");
    assert_eq!(workspace.inner().jobs.len(), 3);
    run(&workspace, shop.path(), &["destroy", "--yes", "--cancel-runs"]).ok();
    assert!(workspace.inner().jobs.is_empty());
}

#[test]
fn a_dbt_project_may_be_the_project_itself() {
    let workspace = Workspace::start();
    let text = "environment dbt { environment_version = \"4\" }\n\npipeline p {\n  step a on dbt {\n    dbt \"./\"(\"dbt build\") { warehouse_id = \"w\" }\n  }\n}\n";
    let project = Project::of(text);
    project.write("dbt_project.yml", "name: marts\n");
    run(&workspace, project.path(), &["deploy"]).ok();
    let (_, job) = job_of(&workspace, "p");
    let folder = job["tasks"][0]["dbt_task"]["project_directory"].as_str().unwrap().to_owned();
    assert!(workspace.inner().nodes.contains_key(&format!("{folder}/dbt_project.yml")), "{folder}");
}

#[test]
fn a_live_job_becomes_source_with_its_notebooks_and_is_compared() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    let (load, settings) = job_of(&workspace, "load");
    let id = load.to_string();
    let away = Project::of("");
    let ran = run(&workspace, away.path(), &["import", "--job-id", &id, "--out", "here", "--notebooks"]).ok();
    let source =
        std::fs::read_to_string(away.path().join("here/load.pipe")).unwrap_or_else(|e| panic!("{e}: {}", ran.err));
    assert!(source.contains("notebook \"./notebooks/"), "{source}");
    std::fs::write(away.path().join("live.json"), settings.to_string()).unwrap();
    run(&workspace, away.path(), &["diff", "live.json", &format!("job:{id}")]).ok().says("1 job without");
    let mut changed = settings.clone();
    changed["tasks"][0]["max_retries"] = 3.into();
    std::fs::write(away.path().join("changed.json"), changed.to_string()).unwrap();
    run(&workspace, away.path(), &["diff", "live.json", "changed.json", "--exit-code"])
        .fails(1)
        .says("~ load")
        .says("+ step fetch: max_retries = 3");
    run(&workspace, away.path(), &["import", "--job-id", "99"]).fails(3).says("job 99 not found");
}

#[test]
fn a_run_of_the_workspace_is_painted() {
    let (workspace, shop) = (Workspace::start(), Project::shop());
    run(&workspace, shop.path(), &["deploy"]).ok();
    run(&workspace, shop.path(), &["run", "load", "--no-wait"]).ok();
    let id = workspace.inner().runs.keys().next().unwrap().to_string();
    workspace.inner().script = vec![json!({
        "state": { "life_cycle_state": "TERMINATED", "result_state": "FAILED" },
        "tasks": [{ "task_key": "fetch", "run_id": 1, "attempt_number": 1, "start_time": 1_700_000_000_000_i64,
            "end_time": 1_700_000_090_000_i64, "state": { "life_cycle_state": "TERMINATED", "result_state": "FAILED" } }],
    })];
    let drawn = run(&workspace, shop.path(), &["graph", "--pipeline", "load", "--run", &id]).ok();
    assert!(drawn.out.contains(" bad critical\" data-key=\"fetch\""), "{}", drawn.out);
    assert!(drawn.out.contains("failed · 1 min 30 s, 2 attempts"), "{}", drawn.out);
    run(&workspace, shop.path(), &["graph", "--run", &id]).fails(2).says("choose a pipeline");
    run(&workspace, shop.path(), &["graph", "--pipeline", "load", "--run", "4711"]).fails(3);
}
