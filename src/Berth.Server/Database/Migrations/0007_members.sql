-- Who may do what in a group (and what is below it) or in a project.
-- access_level: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner. Past expires_at the row means nothing.
create table members (
    id $id$,
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
create index members_by_user on members (user_id, id);

-- Each namespace with itself and every group above it: roles go down this, and a namespace's depth is how many rows it has.
create table namespace_ancestors (
    namespace_id bigint not null references namespaces (id),
    ancestor_id bigint not null references namespaces (id),
    primary key (namespace_id, ancestor_id)
)$without_rowid$;
create index namespace_ancestors_by_ancestor on namespace_ancestors (ancestor_id, namespace_id);
insert into namespace_ancestors (namespace_id, ancestor_id) select id, id from namespaces;

-- project_creation: the role that makes projects in a group; 0 nobody but administrators.
-- push_creates_projects: 1 if a first push by a developer makes the project.
alter table namespaces add column description $text$ not null default '';
alter table namespaces add column project_creation bigint not null default 40;
alter table namespaces add column push_creates_projects bigint not null default 0;
alter table namespaces add column deleted_at bigint;
create index namespaces_by_visibility on namespaces (kind, visibility, id);

alter table projects add column description $text$ not null default '';
create index projects_by_visibility on projects (visibility, id);

-- The project's, for lists by path; null at the path of a namespace. Whoever changes the project's changes this.
alter table routes add column visibility bigint;
update routes set visibility = (select p.visibility from projects p where p.id = routes.project_id) where project_id is not null;
create index routes_by_visibility on routes (visibility, path_lower);
