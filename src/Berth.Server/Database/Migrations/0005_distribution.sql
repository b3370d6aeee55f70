-- sparse_manifests: 1 if manifests may name what was not pushed here.
alter table projects add column sparse_manifests bigint not null default 0;

-- image_name: as clients write it, the project's path in lower case and the name.
-- open_to: who may pull without a role: 0 nobody, 10 everyone signed in, 20 everyone. Both are the catalog's, kept by those who
-- change a path, a visibility or who may use the registry.
alter table repositories add column image_name $text$ not null default '';
alter table repositories add column open_to bigint not null default 0;
update repositories set
    image_name = coalesce((select r.path_lower from routes r where r.project_id = repositories.project_id), '') || case name when '' then '' else '/' || name end,
    open_to = (select case p.registry_access when 20 then p.visibility else 0 end from projects p where p.id = repositories.project_id);
create index repositories_by_image_name on repositories (image_name);
create index repositories_by_openness on repositories (open_to, image_name);

-- Of manifests with a subject, as a JSON object, for the list of referrers; null where it is to be read from the document.
alter table manifests add column annotations $text$;
create index manifests_by_artifact_type on manifests (repository_id, subject, artifact_type, digest) where subject is not null;
-- kind, since this version: 5 config or layer, 6 child of an index, that may be elsewhere and need not be here.
