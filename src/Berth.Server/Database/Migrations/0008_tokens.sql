-- Every kind of token. The rules of 0001_initial.sql hold. Lines behind $sqlite$ or $postgres$ are for that database alone.

-- kind: 1 a person, 2 the bot of a project or group: no password, no namespace, only the token that it was made for.
alter table users add column kind bigint not null default 1;

-- kind, since this version: 1 personal, 2 impersonation, 3 of a project (project_id), 4 of a group (namespace_id).
-- family_id: the first of the tokens that followed each other by rotation; null in the first itself.
-- rotated_at: when its successor was made; who shows it after that may have stolen it.
alter table access_tokens add column description $text$;
alter table access_tokens add column project_id bigint references projects (id);
alter table access_tokens add column namespace_id bigint references namespaces (id);
alter table access_tokens add column access_level bigint;
alter table access_tokens add column created_by bigint references users (id);
alter table access_tokens add column family_id bigint references access_tokens (id);
alter table access_tokens add column rotated_at bigint;
create index access_tokens_by_family on access_tokens (family_id, id);
create index access_tokens_by_project on access_tokens (project_id, id);
create index access_tokens_by_namespace on access_tokens (namespace_id, id);
create index access_tokens_by_creator on access_tokens (created_by);

-- Deploy tokens are of a project or (namespace_id) of a group. SQLite cannot take a 'not null' away, so there the table is made anew.
$postgres$alter table deploy_tokens alter column project_id drop not null;
$postgres$alter table deploy_tokens add column namespace_id bigint references namespaces (id);
$sqlite$create table new_deploy_tokens (
$sqlite$    id $id$,
$sqlite$    project_id bigint references projects (id),
$sqlite$    name $text$ not null,
$sqlite$    username $text$ not null,
$sqlite$    secret_hash $bytes$ not null unique,
$sqlite$    sealed $bytes$,
$sqlite$    scopes bigint not null,
$sqlite$    created_by bigint references users (id),
$sqlite$    created_at bigint not null,
$sqlite$    expires_at bigint,
$sqlite$    revoked_at bigint,
$sqlite$    last_used_at bigint,
$sqlite$    namespace_id bigint references namespaces (id)
$sqlite$);
$sqlite$insert into new_deploy_tokens select *, null from deploy_tokens;
$sqlite$drop table deploy_tokens;
$sqlite$alter table new_deploy_tokens rename to deploy_tokens;
$sqlite$create index deploy_tokens_by_project on deploy_tokens (project_id, id);
create index deploy_tokens_by_namespace on deploy_tokens (namespace_id, id);

-- job_token_limited: 1 if of other projects' jobs only those of job_token_allowlist may in, 0 if all may whose user has the role.
alter table projects add column job_token_limited bigint not null default 1;
create table job_token_allowlist (
    project_id bigint not null references projects (id),
    allowed_project_id bigint not null references projects (id),
    created_by bigint references users (id),
    created_at bigint not null,
    primary key (project_id, allowed_project_id)
)$without_rowid$;
create index job_token_allowlist_by_allowed on job_token_allowlist (allowed_project_id);
create index job_token_allowlist_by_creator on job_token_allowlist (created_by);
