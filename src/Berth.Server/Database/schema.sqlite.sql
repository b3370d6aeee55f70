-- The schema after all migrations; renewed by SchemaTests with UPDATE_SNAPSHOTS=1.

CREATE TABLE access_tokens (
    id integer primary key autoincrement,
    kind bigint not null,
    user_id bigint not null references users (id),
    name text not null,
    secret_hash blob not null unique,
    scopes bigint not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
, description text, project_id bigint references projects (id), namespace_id bigint references namespaces (id), access_level bigint, created_by bigint references users (id), family_id bigint references access_tokens (id), rotated_at bigint);

CREATE INDEX access_tokens_by_creator on access_tokens (created_by);

CREATE INDEX access_tokens_by_family on access_tokens (family_id, id);

CREATE INDEX access_tokens_by_namespace on access_tokens (namespace_id, id);

CREATE INDEX access_tokens_by_project on access_tokens (project_id, id);

CREATE INDEX access_tokens_by_user on access_tokens (user_id, id);

CREATE TABLE audit_events (
    id integer primary key autoincrement,
    at bigint not null,
    actor_id bigint,
    actor_name text not null,
    credential text not null,
    address text,
    action text not null,
    entity_kind text not null,
    entity_id bigint not null,
    entity_path text not null,
    target_kind text not null,
    target_id bigint,
    target_name text not null,
    details text not null
);

CREATE INDEX audit_events_by_actor on audit_events (actor_id, id);

CREATE INDEX audit_events_by_entity on audit_events (entity_kind, entity_id, id);

CREATE INDEX audit_events_by_time on audit_events (at, id);

CREATE TABLE blobs (
    digest blob primary key,
    size bigint not null,
    location text not null,
    state bigint not null,
    stored_at bigint not null
) without rowid;

CREATE TABLE ci_variables (
    project_id bigint not null references projects (id),
    key text not null,
    value blob not null,
    masked bigint not null,
    protected bigint not null,
    raw bigint not null,
    is_file bigint not null,
    primary key (project_id, key)
) without rowid;

CREATE TABLE counters (
    name text primary key,
    value bigint not null
) without rowid;

CREATE TABLE "deploy_tokens" (
    id integer primary key autoincrement,
    project_id bigint references projects (id),
    name text not null,
    username text not null,
    secret_hash blob not null unique,
    sealed blob,
    scopes bigint not null,
    created_by bigint references users (id),
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint,
    namespace_id bigint references namespaces (id)
);

CREATE INDEX deploy_tokens_by_namespace on deploy_tokens (namespace_id, id);

CREATE INDEX deploy_tokens_by_project on deploy_tokens (project_id, id);

CREATE TABLE git_ref_moves (
    id integer primary key autoincrement,
    project_id bigint not null references projects (id),
    user_id bigint references users (id),
    credential text not null,
    ref text not null,
    old_object text not null,
    new_object text not null,
    push_options text not null,
    state bigint not null,
    at bigint not null
);

CREATE INDEX git_ref_moves_by_project on git_ref_moves (project_id, id);

CREATE INDEX git_ref_moves_by_state on git_ref_moves (state, id);

CREATE TABLE image_words (
    word text not null,
    repository_id bigint not null references repositories (id),
    primary key (word, repository_id)
) without rowid;

CREATE INDEX image_words_by_repository on image_words (repository_id, word);

CREATE TABLE job_artifacts (
    job_id bigint not null references jobs (id),
    kind text not null,
    format text not null,
    filename text not null,
    size bigint not null,
    location text not null,
    created_at bigint not null,
    expires_at bigint,
    primary key (job_id, kind)
) without rowid;

CREATE INDEX job_artifacts_by_expiry on job_artifacts (expires_at, job_id);

CREATE TABLE job_token_allowlist (
    project_id bigint not null references projects (id),
    allowed_project_id bigint not null references projects (id),
    created_by bigint references users (id),
    created_at bigint not null,
    primary key (project_id, allowed_project_id)
) without rowid;

CREATE INDEX job_token_allowlist_by_allowed on job_token_allowlist (allowed_project_id);

CREATE INDEX job_token_allowlist_by_creator on job_token_allowlist (created_by);

CREATE TABLE job_trace_chunks (
    job_id bigint not null references jobs (id),
    start bigint not null,
    content blob not null,
    primary key (job_id, start)
) without rowid;

CREATE TABLE jobs (
    id integer primary key autoincrement,
    pipeline_id bigint not null references pipelines (id),
    project_id bigint not null references projects (id),
    name text not null,
    stage text not null,
    stage_index bigint not null,
    status text not null,
    definition text not null,
    tags text not null,
    allow_failure bigint not null,
    retried bigint not null,
    user_id bigint not null references users (id),
    runner_id bigint references runners (id),
    runner_system_id text,
    runner_features bigint not null default 0,
    token_hash blob unique,
    timeout_seconds bigint not null,
    failure_reason text,
    exit_code bigint,
    created_at bigint not null,
    queued_at bigint,
    started_at bigint,
    finished_at bigint,
    touched_at bigint,
    trace_size bigint not null default 0,
    trace_location text
);

CREATE INDEX jobs_by_pipeline on jobs (pipeline_id, id);

CREATE INDEX jobs_by_runner on jobs (runner_id, status);

CREATE INDEX jobs_by_status on jobs (status, id);

CREATE TABLE manifest_contents (
    digest blob primary key,
    content blob not null,
    stored_at bigint not null
);

CREATE TABLE manifest_labels (
    repository_id bigint not null,
    digest blob not null,
    key text not null,
    value text not null,
    primary key (repository_id, digest, key),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
) without rowid;

CREATE INDEX manifest_labels_by_key on manifest_labels (key, value, repository_id, digest);

CREATE INDEX manifest_labels_in_repository on manifest_labels (repository_id, key, value, digest);

CREATE TABLE manifest_references (
    repository_id bigint not null,
    parent blob not null,
    child blob not null,
    kind bigint not null,
    size bigint not null,
    primary key (repository_id, parent, child, kind),
    foreign key (repository_id, parent) references manifests (repository_id, digest)
) without rowid;

CREATE INDEX manifest_references_by_child on manifest_references (repository_id, child, parent);

CREATE TABLE manifests (
    repository_id bigint not null references repositories (id),
    digest blob not null references manifest_contents (digest),
    media_type text not null,
    artifact_type text,
    subject blob,
    size bigint not null,
    total_size bigint not null,
    platform text,
    image_created_at bigint,
    published_at bigint not null,
    lease_until bigint not null,
    deleted_at bigint,
    keep_until bigint, annotations text,
    primary key (repository_id, digest)
) without rowid;

CREATE INDEX manifests_by_artifact_type on manifests (repository_id, subject, artifact_type, digest) where subject is not null;

CREATE INDEX manifests_by_digest on manifests (digest, repository_id);

CREATE INDEX manifests_by_subject on manifests (repository_id, subject, digest);

CREATE TABLE members (
    id integer primary key autoincrement,
    namespace_id bigint references namespaces (id),
    project_id bigint references projects (id),
    user_id bigint not null references users (id),
    access_level bigint not null,
    expires_at bigint,
    created_by bigint references users (id),
    created_at bigint not null,
    unique (namespace_id, user_id),
    unique (project_id, user_id),
    check ((namespace_id is null) <> (project_id is null))
);

CREATE INDEX members_by_user on members (user_id, id);

CREATE TABLE namespace_ancestors (
    namespace_id bigint not null references namespaces (id),
    ancestor_id bigint not null references namespaces (id),
    primary key (namespace_id, ancestor_id)
) without rowid;

CREATE INDEX namespace_ancestors_by_ancestor on namespace_ancestors (ancestor_id, namespace_id);

CREATE TABLE namespaces (
    id integer primary key autoincrement,
    kind bigint not null,
    owner_id bigint references users (id),
    parent_id bigint references namespaces (id),
    path text not null,
    name text not null,
    visibility bigint not null,
    created_at bigint not null
, description text not null default '', project_creation bigint not null default 40, push_creates_projects bigint not null default 0, deleted_at bigint);

CREATE INDEX namespaces_at_top on namespaces (visibility, lower(path)) where kind = 2 and parent_id is null and deleted_at is null;

CREATE UNIQUE INDEX namespaces_by_owner on namespaces (owner_id);

CREATE INDEX namespaces_by_parent on namespaces (parent_id);

CREATE INDEX namespaces_by_visibility on namespaces (kind, visibility, id);

CREATE TABLE pipelines (
    id integer primary key autoincrement,
    project_id bigint not null references projects (id),
    iid bigint not null,
    ref text not null,
    is_tag bigint not null,
    sha text not null,
    before_sha text not null,
    source text not null,
    status text not null,
    config_error text,
    commit_message text not null,
    commit_author text not null,
    commit_time text not null,
    ref_protected bigint not null,
    user_id bigint not null references users (id),
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    unique (project_id, iid)
);

CREATE INDEX pipelines_by_project on pipelines (project_id, id);

CREATE INDEX pipelines_by_status on pipelines (status, id);

CREATE TABLE project_blobs (
    project_id bigint not null references projects (id),
    digest blob not null,
    copies bigint not null,
    primary key (project_id, digest)
) without rowid;

CREATE TABLE projects (
    id integer primary key autoincrement,
    namespace_id bigint not null references namespaces (id),
    path text not null,
    name text not null,
    visibility bigint not null,
    registry_access bigint not null,
    trash_days bigint not null,
    created_by bigint references users (id),
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint
, default_branch text, build_timeout bigint not null default 3600, pipeline_count bigint not null default 0, sparse_manifests bigint not null default 0, description text not null default '', job_token_limited bigint not null default 1, image_size bigint not null default 0, shared_size bigint not null default 0, deleted_by bigint);

CREATE INDEX projects_by_namespace on projects (namespace_id, id);

CREATE INDEX projects_by_size on projects (image_size desc, id) where deleted_at is null;

CREATE INDEX projects_by_visibility on projects (visibility, id);

CREATE INDEX projects_deleted on projects (id) where deleted_at is not null;

CREATE TABLE quota_deltas (
    id integer primary key autoincrement,
    project_id bigint not null references projects (id),
    repository_id bigint not null references repositories (id),
    digest blob not null,
    bytes bigint not null,
    at bigint not null
);

CREATE INDEX quota_deltas_by_project on quota_deltas (project_id, id);

CREATE INDEX quota_deltas_by_repository on quota_deltas (repository_id);

CREATE TABLE repositories (
    id integer primary key autoincrement,
    project_id bigint not null references projects (id),
    name text not null,
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint, image_name text not null default '', open_to bigint not null default 0, tag_count bigint not null default 0, size bigint not null default 0, last_published_at bigint, indexed_name text not null default '', deleted_name text, deleted_by bigint,
    unique (project_id, name)
);

CREATE INDEX repositories_by_image_name on repositories (image_name);

CREATE INDEX repositories_by_openness on repositories (open_to, image_name);

CREATE INDEX repositories_by_published on repositories (project_id, coalesce(last_published_at, 0), id);

CREATE INDEX repositories_by_size on repositories (project_id, size, id);

CREATE INDEX repositories_deleted on repositories (project_id, id) where deleted_name is not null;

CREATE INDEX repositories_unindexed on repositories (id) where indexed_name <> image_name;

CREATE TABLE repository_blobs (
    repository_id bigint not null references repositories (id),
    digest blob not null references blobs (digest),
    lease_until bigint not null,
    linked_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    primary key (repository_id, digest)
) without rowid;

CREATE INDEX repository_blobs_by_digest on repository_blobs (digest, repository_id);

CREATE TABLE route_aliases (
    path_lower text primary key,
    namespace_id bigint references namespaces (id),
    project_id bigint references projects (id),
    until bigint not null,
    check ((namespace_id is null) <> (project_id is null))
) without rowid;

CREATE INDEX route_aliases_by_end on route_aliases (until, path_lower);

CREATE INDEX route_aliases_by_namespace on route_aliases (namespace_id);

CREATE INDEX route_aliases_by_project on route_aliases (project_id);

CREATE TABLE routes (
    path_lower text primary key,
    path text not null,
    namespace_id bigint references namespaces (id),
    project_id bigint references projects (id), visibility bigint,
    check ((namespace_id is null) <> (project_id is null))
) without rowid;

CREATE INDEX routes_by_namespace on routes (namespace_id);

CREATE INDEX routes_by_project on routes (project_id);

CREATE INDEX routes_by_visibility on routes (visibility, path_lower);

CREATE TABLE runner_registration_tokens (
    project_id bigint references projects (id),
    secret_hash blob primary key,
    sealed blob not null,
    created_at bigint not null
) without rowid;

CREATE INDEX runner_registration_tokens_by_project on runner_registration_tokens (project_id);

CREATE TABLE runners (
    id integer primary key autoincrement,
    kind bigint not null,
    project_id bigint references projects (id),
    created_by bigint references users (id),
    secret_hash blob not null unique,
    short_token text not null,
    description text not null,
    tags text not null,
    run_untagged bigint not null,
    locked bigint not null,
    paused bigint not null,
    protected_only bigint not null,
    maximum_timeout bigint,
    version text,
    platform text,
    address text,
    created_at bigint not null,
    contacted_at bigint
);

CREATE INDEX runners_by_project on runners (project_id, id);

CREATE TABLE schema_generation (min_program bigint not null);

CREATE TABLE sessions (
    secret_hash blob primary key,
    user_id bigint not null references users (id),
    created_at bigint not null,
    expires_at bigint not null
) without rowid;

CREATE INDEX sessions_by_user on sessions (user_id);

CREATE TABLE signing_keys (
    kid text primary key,
    private_key blob not null,
    created_at bigint not null,
    retired_at bigint
, signs_from bigint not null default 0) without rowid;

CREATE TABLE tag_deletions (
    repository_id bigint primary key references repositories (id),
    requested_at bigint not null,
    keep_until bigint not null,
    user_id bigint,
    credential text not null,
    job_id bigint,
    delete_pattern text not null,
    keep_pattern text,
    keep_n bigint not null,
    published_before bigint,
    state bigint not null,
    cursor_published bigint not null,
    cursor_tag text not null,
    examined bigint not null,
    kept bigint not null,
    deleted bigint not null,
    error text,
    finished_at bigint
) without rowid;

CREATE TABLE tag_events (
    id integer primary key autoincrement,
    repository_id bigint not null references repositories (id),
    tag text not null,
    action bigint not null,
    digest blob,
    previous_digest blob,
    user_id bigint,
    credential text not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint
, project_id bigint references projects (id), previous_published_at bigint, previous_job_id bigint);

CREATE INDEX tag_events_by_project on tag_events (project_id, id);

CREATE INDEX tag_events_by_tag on tag_events (repository_id, tag, id);

CREATE INDEX tag_events_kept on tag_events (repository_id, keep_until, id) where action in (3, 4);

CREATE INDEX tag_events_of_deletion on tag_events (repository_id, at, tag) where action in (3, 4);

CREATE TABLE tag_removals (
    repository_id bigint not null,
    digest blob not null,
    user_id bigint,
    credential text not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint not null,
    primary key (repository_id, digest),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
) without rowid;

CREATE TABLE tags (
    repository_id bigint not null references repositories (id),
    name text not null,
    digest blob not null,
    version bigint not null,
    total_size bigint not null,
    published_at bigint not null, job_id bigint references jobs (id), commit_sha text,
    primary key (repository_id, name),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
) without rowid;

CREATE INDEX tags_by_commit on tags (commit_sha, repository_id, name) where commit_sha is not null;

CREATE INDEX tags_by_digest on tags (repository_id, digest, name);

CREATE INDEX tags_by_name on tags (name, repository_id);

CREATE INDEX tags_by_published on tags (repository_id, published_at, name);

CREATE INDEX tags_by_size on tags (repository_id, total_size, name);

CREATE INDEX tags_in_repository_by_commit on tags (repository_id, commit_sha, name) where commit_sha is not null;

CREATE TABLE tasks (
    id integer primary key autoincrement,
    kind text not null,
    payload text not null,
    run_at bigint not null,
    owner text,
    lease_until bigint,
    attempts bigint not null,
    last_error text,
    created_at bigint not null
);

CREATE INDEX tasks_by_due on tasks (run_at, id);

CREATE INDEX tasks_by_kind on tasks (kind, run_at, id);

CREATE TABLE upload_sessions (
    id text primary key,
    repository_id bigint not null references repositories (id),
    subject text not null,
    state bigint not null,
    received bigint not null,
    hash_state blob,
    digest blob,
    version bigint not null,
    created_at bigint not null,
    expires_at bigint not null
) without rowid;

CREATE INDEX upload_sessions_by_expiry on upload_sessions (expires_at, id);

CREATE INDEX upload_sessions_by_repository on upload_sessions (repository_id);

CREATE INDEX upload_sessions_open on upload_sessions (subject) where state = 1;

CREATE TABLE usage_days (
    project_id bigint not null references projects (id),
    day bigint not null,
    bytes bigint not null,
    primary key (project_id, day)
) without rowid;

CREATE TABLE users (
    id integer primary key autoincrement,
    username text not null,
    username_lower text not null unique,
    name text not null,
    email text,
    password_hash text,
    password_changed_at bigint not null,
    is_admin bigint not null,
    state bigint not null,
    created_at bigint not null
, signed_in_at bigint, kind bigint not null default 1);
