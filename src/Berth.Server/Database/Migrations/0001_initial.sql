-- One schema for SQLite and PostgreSQL. Words between dollar signs are the dialect's (Dialect.cs).
-- Times are microseconds since 1970 UTC. Digests are a byte for the algorithm, then the hash. Ids are never used again.
-- deleted_at marks what is deleted and keep_until, fixed at that moment, until when it can be restored.

-- The oldest program that may use this schema (Migrations.ProgramGeneration).
create table schema_generation (min_program bigint not null);
insert into schema_generation (min_program) values (1);

-- Numbers that grow: 'rights' is raised by each transaction that changes who may do what.
create table counters (
    name $text$ primary key,
    value bigint not null
)$without_rowid$;
insert into counters (name, value) values ('rights', 1);

-- state: 1 active, 2 blocked.
create table users (
    id $id$,
    username $text$ not null,
    username_lower $text$ not null unique,
    name $text$ not null,
    email $text$,
    password_hash $text$,
    password_changed_at bigint not null,
    is_admin bigint not null,
    state bigint not null,
    created_at bigint not null
);

-- kind: 1 the namespace of a user (owner_id), 2 a group (parent_id where it is a subgroup).
-- visibility: 0 private, 10 internal, 20 public.
create table namespaces (
    id $id$,
    kind bigint not null,
    owner_id bigint references users (id),
    parent_id bigint references namespaces (id),
    path $text$ not null,
    name $text$ not null,
    visibility bigint not null,
    created_at bigint not null
);
create unique index namespaces_by_owner on namespaces (owner_id);
create index namespaces_by_parent on namespaces (parent_id);

-- registry_access: 0 disabled, 10 members only, 20 everyone with access to the project.
-- trash_days: how long what is deleted can be restored, 0 to 90.
create table projects (
    id $id$,
    namespace_id bigint not null references namespaces (id),
    path $text$ not null,
    name $text$ not null,
    visibility bigint not null,
    registry_access bigint not null,
    trash_days bigint not null,
    created_by bigint references users (id),
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint
);
create index projects_by_namespace on projects (namespace_id, id);

-- The full path of each namespace and project; one table, so that a path is never both.
create table routes (
    path_lower $text$ primary key,
    path $text$ not null,
    namespace_id bigint references namespaces (id),
    project_id bigint references projects (id),
    check ((namespace_id is null) <> (project_id is null))
)$without_rowid$;
create index routes_by_namespace on routes (namespace_id);
create index routes_by_project on routes (project_id);

-- kind: 1 personal. secret_hash: SHA-256 of the token. scopes: bits of TokenScopes.
create table access_tokens (
    id $id$,
    kind bigint not null,
    user_id bigint not null references users (id),
    name $text$ not null,
    secret_hash $bytes$ not null unique,
    scopes bigint not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
);
create index access_tokens_by_user on access_tokens (user_id, id);

-- Sign-ins of pages. secret_hash: SHA-256 of the cookie's value.
create table sessions (
    secret_hash $bytes$ primary key,
    user_id bigint not null references users (id),
    created_at bigint not null,
    expires_at bigint not null
)$without_rowid$;
create index sessions_by_user on sessions (user_id);

-- Keys that sign registry tokens; the private key is encrypted under SecretsKey.
create table signing_keys (
    kid $text$ primary key,
    private_key $bytes$ not null,
    created_at bigint not null,
    retired_at bigint
)$without_rowid$;

-- name: what follows the project's path in an image name: '', 'image', 'my/image'.
create table repositories (
    id $id$,
    project_id bigint not null references projects (id),
    name $text$ not null,
    created_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    unique (project_id, name)
);

-- One row per digest of stored bytes. location: where the store keeps them ('' if the digest says it).
-- state: 1 live, 2 being deleted, 3 quarantined (damaged). Only live ones exist to clients.
create table blobs (
    digest $bytes$ primary key,
    size bigint not null,
    location $text$ not null,
    state bigint not null,
    stored_at bigint not null
)$without_rowid$;

-- That a repository has a blob: the only way to its bytes.
create table repository_blobs (
    repository_id bigint not null references repositories (id),
    digest $bytes$ not null references blobs (digest),
    lease_until bigint not null,
    linked_at bigint not null,
    deleted_at bigint,
    keep_until bigint,
    primary key (repository_id, digest)
)$without_rowid$;
create index repository_blobs_by_digest on repository_blobs (digest, repository_id);

-- The bytes of manifests, as they were received.
create table manifest_contents (
    digest $bytes$ primary key,
    content $bytes$ not null,
    stored_at bigint not null
);

-- size: of the document; total_size: with config and layers, or the children of an index.
-- platform and image_created_at are read from the config after the push.
create table manifests (
    repository_id bigint not null references repositories (id),
    digest $bytes$ not null references manifest_contents (digest),
    media_type $text$ not null,
    artifact_type $text$,
    subject $bytes$,
    size bigint not null,
    total_size bigint not null,
    platform $text$,
    image_created_at bigint,
    published_at bigint not null,
    lease_until bigint not null,
    deleted_at bigint,
    keep_until bigint,
    primary key (repository_id, digest)
)$without_rowid$;
create index manifests_by_digest on manifests (digest, repository_id);
create index manifests_by_subject on manifests (repository_id, subject, digest);

-- kind: 1 config, 2 layer, 3 child of an index, 4 subject, 5 layer that may be elsewhere and need not be here.
create table manifest_references (
    repository_id bigint not null,
    parent $bytes$ not null,
    child $bytes$ not null,
    kind bigint not null,
    size bigint not null,
    primary key (repository_id, parent, child, kind),
    foreign key (repository_id, parent) references manifests (repository_id, digest)
)$without_rowid$;
create index manifest_references_by_child on manifest_references (repository_id, child, parent);

-- version: raised at each move, for compare-and-swap.
create table tags (
    repository_id bigint not null references repositories (id),
    name $text$ not null,
    digest $bytes$ not null,
    version bigint not null,
    total_size bigint not null,
    published_at bigint not null,
    primary key (repository_id, name),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
)$without_rowid$;
create index tags_by_digest on tags (repository_id, digest, name);
create index tags_by_published on tags (repository_id, published_at, name);

-- What happened to a tag: append-only. action: 1 created, 2 moved, 3 deleted, 4 its manifest deleted.
-- credential: kind and id, as 'pat:12'; keep_until: until when a lost state can be restored.
create table tag_events (
    id $id$,
    repository_id bigint not null references repositories (id),
    tag $text$ not null,
    action bigint not null,
    digest $bytes$,
    previous_digest $bytes$,
    user_id bigint,
    credential $text$ not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint
);
create index tag_events_by_tag on tag_events (repository_id, tag, id);

-- What a project's storage grew or shrank by: append-only, folded into usage later.
create table quota_deltas (
    id $id$,
    project_id bigint not null references projects (id),
    repository_id bigint not null references repositories (id),
    digest $bytes$ not null,
    bytes bigint not null,
    at bigint not null
);
create index quota_deltas_by_project on quota_deltas (project_id, id);

-- state: 1 open, 2 finished (digest says as what). received: bytes acknowledged; hash_state: of sha256 over them.
-- subject: the credential that opened it. version: raised at each change; one writer at a time.
create table upload_sessions (
    id $text$ primary key,
    repository_id bigint not null references repositories (id),
    subject $text$ not null,
    state bigint not null,
    received bigint not null,
    hash_state $bytes$,
    digest $bytes$,
    version bigint not null,
    created_at bigint not null,
    expires_at bigint not null
)$without_rowid$;
create index upload_sessions_by_expiry on upload_sessions (expires_at, id);
create index upload_sessions_by_repository on upload_sessions (repository_id);

-- Work that runs by itself. A runner owns a row until lease_until; run_at is when it is due.
create table tasks (
    id $id$,
    kind $text$ not null,
    payload $text$ not null,
    run_at bigint not null,
    owner $text$,
    lease_until bigint,
    attempts bigint not null,
    last_error $text$,
    created_at bigint not null
);
create index tasks_by_due on tasks (run_at, id);
