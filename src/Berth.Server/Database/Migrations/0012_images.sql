-- What people see of images, so that no list or search counts or walks.
-- tag_count: rows of tags, those of a deleted manifest until they end. size: bytes of the live blobs and manifests, as of the last
-- quota delta that was added to it: those still in quota_deltas come on top. indexed_name: the image_name that image_words has.
alter table repositories add column tag_count bigint not null default 0;
alter table repositories add column size bigint not null default 0;
alter table repositories add column last_published_at bigint;
alter table repositories add column indexed_name $text$ not null default '';
create index repositories_by_size on repositories (project_id, size, id);
create index repositories_unindexed on repositories (id) where indexed_name <> image_name;

-- image_size: the sizes of the project's repositories added up; shared_size: how much of that is there more than once.
alter table projects add column image_size bigint not null default 0;
alter table projects add column shared_size bigint not null default 0;

-- Blobs and manifests by the number of the project's repositories that have them.
create table project_blobs (
    project_id bigint not null references projects (id),
    digest $bytes$ not null,
    copies bigint not null,
    primary key (project_id, digest)
)$without_rowid$;

-- How much the images of a project grew or shrank on a day (whole days since 1970, UTC).
create table usage_days (
    project_id bigint not null references projects (id),
    day bigint not null,
    bytes bigint not null,
    primary key (project_id, day)
)$without_rowid$;

-- From now on a row stands there until it was added up, one for each time that something comes or goes. Until now nothing was taken off.
delete from quota_deltas where id > 0;
create index quota_deltas_by_repository on quota_deltas (repository_id);
insert into quota_deltas (project_id, repository_id, digest, bytes, at)
    select r.project_id, r.id, l.digest, b.size, l.linked_at
    from repository_blobs l join blobs b on b.digest = l.digest join repositories r on r.id = l.repository_id where l.deleted_at is null;
insert into quota_deltas (project_id, repository_id, digest, bytes, at)
    select r.project_id, r.id, m.digest, m.size, m.published_at
    from manifests m join repositories r on r.id = m.repository_id where m.deleted_at is null;
insert into counters (name, value) values ('usage', 0);

update repositories set
    tag_count = (select count(*) from tags t where t.repository_id = repositories.id),
    last_published_at = (select max(t.published_at) from tags t where t.repository_id = repositories.id);

alter table tag_events add column project_id bigint references projects (id);
update tag_events set project_id = (select r.project_id from repositories r where r.id = tag_events.repository_id);
create index tag_events_by_project on tag_events (project_id, id);

-- An image's name from the start of each of its words on.
create table image_words (
    word $text$ not null,
    repository_id bigint not null references repositories (id),
    primary key (word, repository_id)
)$without_rowid$;
create index image_words_by_repository on image_words (repository_id, word);

-- Labels of image configs, values by their first 255 characters.
create table manifest_labels (
    repository_id bigint not null,
    digest $bytes$ not null,
    key $text$ not null,
    value $text$ not null,
    primary key (repository_id, digest, key),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
)$without_rowid$;
create index manifest_labels_by_key on manifest_labels (key, value, repository_id, digest);
create index manifest_labels_in_repository on manifest_labels (repository_id, key, value, digest);

create index tags_by_name on tags (name, repository_id);
create index tags_by_job on tags (job_id, repository_id, name) where job_id is not null;
create index pipelines_by_sha on pipelines (sha, id);
create index pipelines_of_project_by_sha on pipelines (project_id, sha, id);
