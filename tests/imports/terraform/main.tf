variable "catalog" {
  type        = string
  default     = "dev"
  description = "The catalog to write to"
}

variable "workers" {
  default = 4
}

locals {
  runtime = "15.4.x-scala2.12"
  tags = {
    team  = "growth"
    stage = "etl"
  }
}

resource "databricks_notebook" "ingest" {
  path   = "/Shared/ingest"
  source = "${path.module}/ingest.py"
}

resource "databricks_job" "nightly" {
  name                = "Nightly ${var.catalog}"
  max_concurrent_runs = 1
  tags                = local.tags

  schedule {
    quartz_cron_expression = "0 0 3 * * ?"
    timezone_id            = "UTC"
  }

  git_source {
    url      = "https://github.com/acme/etl"
    provider = "gitHub"
    branch   = "main"
  }

  job_cluster {
    job_cluster_key = "main"
    new_cluster {
      spark_version = local.runtime
      node_type_id  = "i3.xlarge"
      num_workers   = var.workers
      spark_conf = {
        "spark.sql.shuffle.partitions" = "200"
      }
    }
  }

  parameter {
    name    = "day"
    default = "{{job.start_time.iso_date}}"
  }

  task {
    task_key        = "ingest"
    job_cluster_key = "main"
    notebook_task {
      notebook_path = "notebooks/ingest"
      base_parameters = {
        table = "${var.catalog}.raw.events"
        day   = "{{job.parameters.day}}"
      }
    }
    library {
      pypi {
        package = "pandas==2.2.3"
      }
    }
  }

  task {
    task_key = "report"
    depends_on {
      task_key = "ingest"
    }
    run_job_task {
      job_id = databricks_job.report.id
    }
  }

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "databricks_job" "report" {
  name = "report"
  task {
    task_key            = "only"
    existing_cluster_id = data.databricks_cluster.shared.id
    notebook_task {
      notebook_path = "/Shared/report"
    }
  }
}

resource "databricks_permissions" "nightly" {
  job_id = databricks_job.nightly.id
  access_control {
    group_name       = "users"
    permission_level = "CAN_VIEW"
  }
}
