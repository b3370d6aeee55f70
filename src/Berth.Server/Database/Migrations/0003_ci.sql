-- Pipelines, jobs, runners, and what jobs get and leave behind. The rules of 0001_initial.sql hold.

-- build_timeout: seconds a job may run unless it says otherwise. pipeline_count: the last iid given out.
alter table projects add column build_timeout bigint not null default 3600;
alter table projects add column pipeline_count bigint not null default 0;

-- What old runners register with: project_id null is the whole instance. Encrypted, for it is shown again.
create table runner_registration_tokens (
    project_id bigint references projects (id),
    secret_hash $bytes$ primary key,
    sealed $bytes$ not null,
    created_at bigint not null
)$without_rowid$;
create index runner_registration_tokens_by_project on runner_registration_tokens (project_id);

-- kind: 1 of the instance, 3 of one project (GitLab's group runners are 2). tags: JSON array of strings.
create table runners (
    id $id$,
    kind bigint not null,
    project_id bigint references projects (id),
    created_by bigint references users (id),
    secret_hash $bytes$ not null unique,
    short_token $text$ not null,
    description $text$ not null,
    tags $text$ not null,
    run_untagged bigint not null,
    locked bigint not null,
    paused bigint not null,
    protected_only bigint not null,
    maximum_timeout bigint,
    version $text$,
    platform $text$,
    address $text$,
    created_at bigint not null,
    contacted_at bigint
);
create index runners_by_project on runners (project_id, id);

-- status, here and of jobs: GitLab's word. source: push, api. config_error: what was wrong with .gitlab-ci.yml; such a
-- pipeline has no jobs. The facts of the commit stand here so that handing out a job needs no git.
create table pipelines (
    id $id$,
    project_id bigint not null references projects (id),
    iid bigint not null,
    ref $text$ not null,
    is_tag bigint not null,
    sha $text$ not null,
    before_sha $text$ not null,
    source $text$ not null,
    status $text$ not null,
    config_error $text$,
    commit_message $text$ not null,
    commit_author $text$ not null,
    commit_time $text$ not null,
    ref_protected bigint not null,
    user_id bigint not null references users (id),
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    unique (project_id, iid)
);
create index pipelines_by_project on pipelines (project_id, id);
create index pipelines_by_status on pipelines (status, id);

-- definition: the planned job as JSON; tags: those of it that a runner must have, as JSON. token_hash: SHA-256 of the job token, from its start; it counts only while the job runs.
-- touched_at: when its runner was last heard of. retried: a newer row took its place.
create table jobs (
    id $id$,
    pipeline_id bigint not null references pipelines (id),
    project_id bigint not null references projects (id),
    name $text$ not null,
    stage $text$ not null,
    stage_index bigint not null,
    status $text$ not null,
    definition $text$ not null,
    tags $text$ not null,
    allow_failure bigint not null,
    retried bigint not null,
    user_id bigint not null references users (id),
    runner_id bigint references runners (id),
    runner_system_id $text$,
    runner_features bigint not null default 0,
    token_hash $bytes$ unique,
    timeout_seconds bigint not null,
    failure_reason $text$,
    exit_code bigint,
    created_at bigint not null,
    queued_at bigint,
    started_at bigint,
    finished_at bigint,
    touched_at bigint,
    trace_size bigint not null default 0,
    trace_location $text$
);
create index jobs_by_pipeline on jobs (pipeline_id, id);
create index jobs_by_status on jobs (status, id);
create index jobs_by_runner on jobs (runner_id, status);

-- The live log, in pieces of at most 128 KiB by where they start; gone once the finished log is an object.
create table job_trace_chunks (
    job_id bigint not null references jobs (id),
    start bigint not null,
    content $bytes$ not null,
    primary key (job_id, start)
)$without_rowid$;

-- kind: archive, or a report's name. location: the object's name in the store.
create table job_artifacts (
    job_id bigint not null references jobs (id),
    kind $text$ not null,
    format $text$ not null,
    filename $text$ not null,
    size bigint not null,
    location $text$ not null,
    created_at bigint not null,
    expires_at bigint,
    primary key (job_id, kind)
)$without_rowid$;
create index job_artifacts_by_expiry on job_artifacts (expires_at, job_id);

-- value: encrypted. is_file: the job gets the path of a file with it. protected: for jobs on protected refs alone.
create table ci_variables (
    project_id bigint not null references projects (id),
    key $text$ not null,
    value $bytes$ not null,
    masked bigint not null,
    protected bigint not null,
    raw bigint not null,
    is_file bigint not null,
    primary key (project_id, key)
)$without_rowid$;

-- sealed: the token itself, encrypted, where jobs get it (the one named gitlab-deploy-token).
create table deploy_tokens (
    id $id$,
    project_id bigint not null references projects (id),
    name $text$ not null,
    username $text$ not null,
    secret_hash $bytes$ not null unique,
    sealed $bytes$,
    scopes bigint not null,
    created_by bigint references users (id),
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
);
create index deploy_tokens_by_project on deploy_tokens (project_id, id);

-- Which job pushed a tag last; tag_events has it for each move.
alter table tags add column job_id bigint references jobs (id);

-- 'job_queue' is raised by each transaction that makes a job pending: what runners wait for (X-GitLab-Last-Update).
insert into counters (name, value) values ('job_queue', 1);
