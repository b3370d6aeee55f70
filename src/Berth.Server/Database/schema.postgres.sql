-- The schema after all migrations; renewed by SchemaTests with UPDATE_SNAPSHOTS=1.

create table access_tokens (
    id bigint not null generated always as identity,
    kind bigint not null,
    user_id bigint not null,
    name text collate "C" not null,
    secret_hash bytea not null,
    scopes bigint not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint,
    description text collate "C",
    project_id bigint,
    namespace_id bigint,
    access_level bigint,
    created_by bigint,
    family_id bigint,
    rotated_at bigint,
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (family_id) REFERENCES access_tokens(id),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (id),
    UNIQUE (secret_hash)
);
CREATE INDEX access_tokens_by_creator ON access_tokens USING btree (created_by);
CREATE INDEX access_tokens_by_family ON access_tokens USING btree (family_id, id);
CREATE INDEX access_tokens_by_namespace ON access_tokens USING btree (namespace_id, id);
CREATE INDEX access_tokens_by_project ON access_tokens USING btree (project_id, id);
CREATE INDEX access_tokens_by_user ON access_tokens USING btree (user_id, id);

create table audit_events (
    id bigint not null generated always as identity,
    at bigint not null,
    actor_id bigint,
    actor_name text collate "C" not null,
    credential text collate "C" not null,
    address text collate "C",
    action text collate "C" not null,
    entity_kind text collate "C" not null,
    entity_id bigint not null,
    entity_path text collate "C" not null,
    target_kind text collate "C" not null,
    target_id bigint,
    target_name text collate "C" not null,
    details text collate "C" not null,
    PRIMARY KEY (id)
);
CREATE INDEX audit_events_by_actor ON audit_events USING btree (actor_id, id);
CREATE INDEX audit_events_by_entity ON audit_events USING btree (entity_kind, entity_id, id);
CREATE INDEX audit_events_by_time ON audit_events USING btree (at, id);

create table blobs (
    digest bytea not null,
    size bigint not null,
    location text collate "C" not null,
    state bigint not null,
    stored_at bigint not null,
    PRIMARY KEY (digest)
);

create table ci_variables (
    project_id bigint not null,
    key text collate "C" not null,
    value bytea not null,
    masked bigint not null,
    protected bigint not null,
    raw bigint not null,
    is_file bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (project_id, key)
);

create table counters (
    name text collate "C" not null,
    value bigint not null,
    PRIMARY KEY (name)
);

create table deploy_tokens (
    id bigint not null generated always as identity,
    project_id bigint,
    name text collate "C" not null,
    username text collate "C" not null,
    secret_hash bytea not null,
    sealed bytea,
    scopes bigint not null,
    created_by bigint,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint,
    namespace_id bigint,
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (id),
    UNIQUE (secret_hash)
);
CREATE INDEX deploy_tokens_by_namespace ON deploy_tokens USING btree (namespace_id, id);
CREATE INDEX deploy_tokens_by_project ON deploy_tokens USING btree (project_id, id);

create table git_ref_moves (
    id bigint not null generated always as identity,
    project_id bigint not null,
    user_id bigint,
    credential text collate "C" not null,
    ref text collate "C" not null,
    old_object text collate "C" not null,
    new_object text collate "C" not null,
    push_options text collate "C" not null,
    state bigint not null,
    at bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (id)
);
CREATE INDEX git_ref_moves_by_project ON git_ref_moves USING btree (project_id, id);
CREATE INDEX git_ref_moves_by_state ON git_ref_moves USING btree (state, id);

create table image_words (
    word text collate "C" not null,
    repository_id bigint not null,
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (word, repository_id)
);
CREATE INDEX image_words_by_repository ON image_words USING btree (repository_id, word);

create table job_artifacts (
    job_id bigint not null,
    kind text collate "C" not null,
    format text collate "C" not null,
    filename text collate "C" not null,
    size bigint not null,
    location text collate "C" not null,
    created_at bigint not null,
    expires_at bigint,
    FOREIGN KEY (job_id) REFERENCES jobs(id),
    PRIMARY KEY (job_id, kind)
);
CREATE INDEX job_artifacts_by_expiry ON job_artifacts USING btree (expires_at, job_id);

create table job_token_allowlist (
    project_id bigint not null,
    allowed_project_id bigint not null,
    created_by bigint,
    created_at bigint not null,
    FOREIGN KEY (allowed_project_id) REFERENCES projects(id),
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (project_id, allowed_project_id)
);
CREATE INDEX job_token_allowlist_by_allowed ON job_token_allowlist USING btree (allowed_project_id);
CREATE INDEX job_token_allowlist_by_creator ON job_token_allowlist USING btree (created_by);

create table job_trace_chunks (
    job_id bigint not null,
    start bigint not null,
    content bytea not null,
    FOREIGN KEY (job_id) REFERENCES jobs(id),
    PRIMARY KEY (job_id, start)
);

create table jobs (
    id bigint not null generated always as identity,
    pipeline_id bigint not null,
    project_id bigint not null,
    name text collate "C" not null,
    stage text collate "C" not null,
    stage_index bigint not null,
    status text collate "C" not null,
    definition text collate "C" not null,
    tags text collate "C" not null,
    allow_failure bigint not null,
    retried bigint not null,
    user_id bigint not null,
    runner_id bigint,
    runner_system_id text collate "C",
    runner_features bigint not null,
    token_hash bytea,
    timeout_seconds bigint not null,
    failure_reason text collate "C",
    exit_code bigint,
    created_at bigint not null,
    queued_at bigint,
    started_at bigint,
    finished_at bigint,
    touched_at bigint,
    trace_size bigint not null,
    trace_location text collate "C",
    FOREIGN KEY (pipeline_id) REFERENCES pipelines(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (runner_id) REFERENCES runners(id),
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (id),
    UNIQUE (token_hash)
);
CREATE INDEX jobs_by_pipeline ON jobs USING btree (pipeline_id, id);
CREATE INDEX jobs_by_runner ON jobs USING btree (runner_id, status);
CREATE INDEX jobs_by_status ON jobs USING btree (status, id);

create table manifest_contents (
    digest bytea not null,
    content bytea not null,
    stored_at bigint not null,
    PRIMARY KEY (digest)
);

create table manifest_labels (
    repository_id bigint not null,
    digest bytea not null,
    key text collate "C" not null,
    value text collate "C" not null,
    FOREIGN KEY (repository_id, digest) REFERENCES manifests(repository_id, digest),
    PRIMARY KEY (repository_id, digest, key)
);
CREATE INDEX manifest_labels_by_key ON manifest_labels USING btree (key, value, repository_id, digest);
CREATE INDEX manifest_labels_in_repository ON manifest_labels USING btree (repository_id, key, value, digest);

create table manifest_references (
    repository_id bigint not null,
    parent bytea not null,
    child bytea not null,
    kind bigint not null,
    size bigint not null,
    FOREIGN KEY (repository_id, parent) REFERENCES manifests(repository_id, digest),
    PRIMARY KEY (repository_id, parent, child, kind)
);
CREATE INDEX manifest_references_by_child ON manifest_references USING btree (repository_id, child, parent);

create table manifests (
    repository_id bigint not null,
    digest bytea not null,
    media_type text collate "C" not null,
    artifact_type text collate "C",
    subject bytea,
    size bigint not null,
    total_size bigint not null,
    platform text collate "C",
    image_created_at bigint,
    published_at bigint not null,
    lease_until bigint not null,
    deleted_at bigint,
    keep_until bigint,
    annotations text collate "C",
    FOREIGN KEY (digest) REFERENCES manifest_contents(digest),
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (repository_id, digest)
);
CREATE INDEX manifests_by_artifact_type ON manifests USING btree (repository_id, subject, artifact_type, digest) WHERE (subject IS NOT NULL);
CREATE INDEX manifests_by_digest ON manifests USING btree (digest, repository_id);
CREATE INDEX manifests_by_subject ON manifests USING btree (repository_id, subject, digest);

create table members (
    id bigint not null generated always as identity,
    namespace_id bigint,
    project_id bigint,
    user_id bigint not null,
    access_level bigint not null,
    expires_at bigint,
    created_by bigint,
    created_at bigint not null,
    CHECK (((namespace_id IS NULL) <> (project_id IS NULL))),
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (id),
    UNIQUE (namespace_id, user_id),
    UNIQUE (project_id, user_id)
);
CREATE INDEX members_by_user ON members USING btree (user_id, id);

create table namespace_ancestors (
    namespace_id bigint not null,
    ancestor_id bigint not null,
    FOREIGN KEY (ancestor_id) REFERENCES namespaces(id),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    PRIMARY KEY (namespace_id, ancestor_id)
);
CREATE INDEX namespace_ancestors_by_ancestor ON namespace_ancestors USING btree (ancestor_id, namespace_id);

create table namespaces (
    id bigint not null generated always as identity,
    kind bigint not null,
    owner_id bigint,
    parent_id bigint,
    path text collate "C" not null,
    name text collate "C" not null,
    visibility bigint not null,
    created_at bigint not null,
    description text collate "C" not null,
    project_creation bigint not null,
    push_creates_projects bigint not null,
    deleted_at bigint,
    FOREIGN KEY (owner_id) REFERENCES users(id),
    FOREIGN KEY (parent_id) REFERENCES namespaces(id),
    PRIMARY KEY (id)
);
CREATE INDEX namespaces_at_top ON namespaces USING btree (visibility, lower(path)) WHERE ((kind = 2) AND (parent_id IS NULL) AND (deleted_at IS NULL));
CREATE UNIQUE INDEX namespaces_by_owner ON namespaces USING btree (owner_id);
CREATE INDEX namespaces_by_parent ON namespaces USING btree (parent_id);
CREATE INDEX namespaces_by_visibility ON namespaces USING btree (kind, visibility, id);

create table pipelines (
    id bigint not null generated always as identity,
    project_id bigint not null,
    iid bigint not null,
    ref text collate "C" not null,
    is_tag bigint not null,
    sha text collate "C" not null,
    before_sha text collate "C" not null,
    source text collate "C" not null,
    status text collate "C" not null,
    config_error text collate "C",
    commit_message text collate "C" not null,
    commit_author text collate "C" not null,
    commit_time text collate "C" not null,
    ref_protected bigint not null,
    user_id bigint not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (id),
    UNIQUE (project_id, iid)
);
CREATE INDEX pipelines_by_project ON pipelines USING btree (project_id, id);
CREATE INDEX pipelines_by_status ON pipelines USING btree (status, id);

create table project_blobs (
    project_id bigint not null,
    digest bytea not null,
    copies bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (project_id, digest)
);

create table projects (
    id bigint not null generated always as identity,
    namespace_id bigint not null,
    path text collate "C" not null,
    name text collate "C" not null,
    visibility bigint not null,
    registry_access bigint not null,
    trash_days bigint not null,
    created_by bigint,
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    default_branch text collate "C",
    build_timeout bigint not null,
    pipeline_count bigint not null,
    sparse_manifests bigint not null,
    description text collate "C" not null,
    job_token_limited bigint not null,
    image_size bigint not null,
    shared_size bigint not null,
    deleted_by bigint,
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    PRIMARY KEY (id)
);
CREATE INDEX projects_by_namespace ON projects USING btree (namespace_id, id);
CREATE INDEX projects_by_size ON projects USING btree (image_size DESC, id) WHERE (deleted_at IS NULL);
CREATE INDEX projects_by_visibility ON projects USING btree (visibility, id);
CREATE INDEX projects_deleted ON projects USING btree (id) WHERE (deleted_at IS NOT NULL);

create table quota_deltas (
    id bigint not null generated always as identity,
    project_id bigint not null,
    repository_id bigint not null,
    digest bytea not null,
    bytes bigint not null,
    at bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (id)
);
CREATE INDEX quota_deltas_by_project ON quota_deltas USING btree (project_id, id);
CREATE INDEX quota_deltas_by_repository ON quota_deltas USING btree (repository_id);

create table repositories (
    id bigint not null generated always as identity,
    project_id bigint not null,
    name text collate "C" not null,
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    image_name text collate "C" not null,
    open_to bigint not null,
    tag_count bigint not null,
    size bigint not null,
    last_published_at bigint,
    indexed_name text collate "C" not null,
    deleted_name text collate "C",
    deleted_by bigint,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (id),
    UNIQUE (project_id, name)
);
CREATE INDEX repositories_by_image_name ON repositories USING btree (image_name);
CREATE INDEX repositories_by_openness ON repositories USING btree (open_to, image_name);
CREATE INDEX repositories_by_published ON repositories USING btree (project_id, COALESCE(last_published_at, (0)::bigint), id);
CREATE INDEX repositories_by_size ON repositories USING btree (project_id, size, id);
CREATE INDEX repositories_deleted ON repositories USING btree (project_id, id) WHERE (deleted_name IS NOT NULL);
CREATE INDEX repositories_unindexed ON repositories USING btree (id) WHERE (indexed_name <> image_name);

create table repository_blobs (
    repository_id bigint not null,
    digest bytea not null,
    lease_until bigint not null,
    linked_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    FOREIGN KEY (digest) REFERENCES blobs(digest),
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (repository_id, digest)
);
CREATE INDEX repository_blobs_by_digest ON repository_blobs USING btree (digest, repository_id);

create table route_aliases (
    path_lower text collate "C" not null,
    namespace_id bigint,
    project_id bigint,
    until bigint not null,
    CHECK (((namespace_id IS NULL) <> (project_id IS NULL))),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (path_lower)
);
CREATE INDEX route_aliases_by_end ON route_aliases USING btree (until, path_lower);
CREATE INDEX route_aliases_by_namespace ON route_aliases USING btree (namespace_id);
CREATE INDEX route_aliases_by_project ON route_aliases USING btree (project_id);

create table routes (
    path_lower text collate "C" not null,
    path text collate "C" not null,
    namespace_id bigint,
    project_id bigint,
    visibility bigint,
    CHECK (((namespace_id IS NULL) <> (project_id IS NULL))),
    FOREIGN KEY (namespace_id) REFERENCES namespaces(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (path_lower)
);
CREATE INDEX routes_by_namespace ON routes USING btree (namespace_id);
CREATE INDEX routes_by_project ON routes USING btree (project_id);
CREATE INDEX routes_by_visibility ON routes USING btree (visibility, path_lower);

create table runner_registration_tokens (
    project_id bigint,
    secret_hash bytea not null,
    sealed bytea not null,
    created_at bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (secret_hash)
);
CREATE INDEX runner_registration_tokens_by_project ON runner_registration_tokens USING btree (project_id);

create table runners (
    id bigint not null generated always as identity,
    kind bigint not null,
    project_id bigint,
    created_by bigint,
    secret_hash bytea not null,
    short_token text collate "C" not null,
    description text collate "C" not null,
    tags text collate "C" not null,
    run_untagged bigint not null,
    locked bigint not null,
    paused bigint not null,
    protected_only bigint not null,
    maximum_timeout bigint,
    version text collate "C",
    platform text collate "C",
    address text collate "C",
    created_at bigint not null,
    contacted_at bigint,
    FOREIGN KEY (created_by) REFERENCES users(id),
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (id),
    UNIQUE (secret_hash)
);
CREATE INDEX runners_by_project ON runners USING btree (project_id, id);

create table schema_generation (
    min_program bigint not null
);

create table sessions (
    secret_hash bytea not null,
    user_id bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    FOREIGN KEY (user_id) REFERENCES users(id),
    PRIMARY KEY (secret_hash)
);
CREATE INDEX sessions_by_user ON sessions USING btree (user_id);

create table signing_keys (
    kid text collate "C" not null,
    private_key bytea not null,
    created_at bigint not null,
    retired_at bigint,
    signs_from bigint not null,
    PRIMARY KEY (kid)
);

create table tag_deletions (
    repository_id bigint not null,
    requested_at bigint not null,
    keep_until bigint not null,
    user_id bigint,
    credential text collate "C" not null,
    job_id bigint,
    delete_pattern text collate "C" not null,
    keep_pattern text collate "C",
    keep_n bigint not null,
    published_before bigint,
    state bigint not null,
    cursor_published bigint not null,
    cursor_tag text collate "C" not null,
    examined bigint not null,
    kept bigint not null,
    deleted bigint not null,
    error text collate "C",
    finished_at bigint,
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (repository_id)
);

create table tag_events (
    id bigint not null generated always as identity,
    repository_id bigint not null,
    tag text collate "C" not null,
    action bigint not null,
    digest bytea,
    previous_digest bytea,
    user_id bigint,
    credential text collate "C" not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint,
    project_id bigint,
    previous_published_at bigint,
    previous_job_id bigint,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (id)
);
CREATE INDEX tag_events_by_project ON tag_events USING btree (project_id, id);
CREATE INDEX tag_events_by_tag ON tag_events USING btree (repository_id, tag, id);
CREATE INDEX tag_events_kept ON tag_events USING btree (repository_id, keep_until, id) WHERE (action = ANY (ARRAY[(3)::bigint, (4)::bigint]));
CREATE INDEX tag_events_of_deletion ON tag_events USING btree (repository_id, at, tag) WHERE (action = ANY (ARRAY[(3)::bigint, (4)::bigint]));

create table tag_removals (
    repository_id bigint not null,
    digest bytea not null,
    user_id bigint,
    credential text collate "C" not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint not null,
    FOREIGN KEY (repository_id, digest) REFERENCES manifests(repository_id, digest),
    PRIMARY KEY (repository_id, digest)
);

create table tags (
    repository_id bigint not null,
    name text collate "C" not null,
    digest bytea not null,
    version bigint not null,
    total_size bigint not null,
    published_at bigint not null,
    job_id bigint,
    commit_sha text collate "C",
    FOREIGN KEY (job_id) REFERENCES jobs(id),
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    FOREIGN KEY (repository_id, digest) REFERENCES manifests(repository_id, digest),
    PRIMARY KEY (repository_id, name)
);
CREATE INDEX tags_by_commit ON tags USING btree (commit_sha, repository_id, name) WHERE (commit_sha IS NOT NULL);
CREATE INDEX tags_by_digest ON tags USING btree (repository_id, digest, name);
CREATE INDEX tags_by_name ON tags USING btree (name, repository_id);
CREATE INDEX tags_by_published ON tags USING btree (repository_id, published_at, name);
CREATE INDEX tags_by_size ON tags USING btree (repository_id, total_size, name);
CREATE INDEX tags_in_repository_by_commit ON tags USING btree (repository_id, commit_sha, name) WHERE (commit_sha IS NOT NULL);

create table tasks (
    id bigint not null generated always as identity,
    kind text collate "C" not null,
    payload text collate "C" not null,
    run_at bigint not null,
    owner text collate "C",
    lease_until bigint,
    attempts bigint not null,
    last_error text collate "C",
    created_at bigint not null,
    PRIMARY KEY (id)
);
CREATE INDEX tasks_by_due ON tasks USING btree (run_at, id);
CREATE INDEX tasks_by_kind ON tasks USING btree (kind, run_at, id);

create table upload_sessions (
    id text collate "C" not null,
    repository_id bigint not null,
    subject text collate "C" not null,
    state bigint not null,
    received bigint not null,
    hash_state bytea,
    digest bytea,
    version bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    FOREIGN KEY (repository_id) REFERENCES repositories(id),
    PRIMARY KEY (id)
);
CREATE INDEX upload_sessions_by_expiry ON upload_sessions USING btree (expires_at, id);
CREATE INDEX upload_sessions_by_repository ON upload_sessions USING btree (repository_id);
CREATE INDEX upload_sessions_open ON upload_sessions USING btree (subject) WHERE (state = 1);

create table usage_days (
    project_id bigint not null,
    day bigint not null,
    bytes bigint not null,
    FOREIGN KEY (project_id) REFERENCES projects(id),
    PRIMARY KEY (project_id, day)
);

create table users (
    id bigint not null generated always as identity,
    username text collate "C" not null,
    username_lower text collate "C" not null,
    name text collate "C" not null,
    email text collate "C",
    password_hash text collate "C",
    password_changed_at bigint not null,
    is_admin bigint not null,
    state bigint not null,
    created_at bigint not null,
    signed_in_at bigint,
    kind bigint not null,
    PRIMARY KEY (id),
    UNIQUE (username_lower)
);
