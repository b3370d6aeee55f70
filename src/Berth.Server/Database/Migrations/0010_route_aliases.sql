-- Where a project or group was until it was renamed or moved: pulls, fetches, pages and the API's reads go on by this path until then.
-- Whoever gets the path, or one above it, ends the alias, so no path is in routes too.
create table route_aliases (
    path_lower $text$ primary key,
    namespace_id bigint references namespaces (id),
    project_id bigint references projects (id),
    until bigint not null,
    check ((namespace_id is null) <> (project_id is null))
)$without_rowid$;
create index route_aliases_by_namespace on route_aliases (namespace_id);
create index route_aliases_by_project on route_aliases (project_id);
create index route_aliases_by_end on route_aliases (until, path_lower);
