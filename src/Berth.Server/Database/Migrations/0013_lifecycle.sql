-- Of a tag that an event took away or moved: when it was published and which job pushed it, for a restore to give back.
alter table tag_events add column previous_published_at bigint;
alter table tag_events add column previous_job_id bigint;
-- What can be restored, and all that one deletion took. action: 3 the tag was deleted, 4 its manifest was; since this version 5 is a restore.
create index tag_events_kept on tag_events (repository_id, keep_until, id) where action in (3, 4);
create index tag_events_of_deletion on tag_events (repository_id, at, tag) where action in (3, 4);

-- A deleted repository gives up its name at once, for pushes to make another: deleted_name is what it was, name is that with '@' and the id.
alter table repositories add column deleted_name $text$;
alter table repositories add column deleted_by bigint;
create index repositories_deleted on repositories (project_id, id) where deleted_name is not null;

alter table projects add column deleted_by bigint;
create index projects_deleted on projects (id) where deleted_at is not null;

-- The last deletion of many tags of a repository by a rule: the rule, who wanted it, and how far the task has come.
-- state: 1 under way, 2 done, 3 failed. published_before: of what is deleted; null is no bound. Up to cursor_published and cursor_tag,
-- newest first, the tags have been looked at.
create table tag_deletions (
    repository_id bigint primary key references repositories (id),
    requested_at bigint not null,
    keep_until bigint not null,
    user_id bigint,
    credential $text$ not null,
    job_id bigint,
    delete_pattern $text$ not null,
    keep_pattern $text$,
    keep_n bigint not null,
    published_before bigint,
    state bigint not null,
    cursor_published bigint not null,
    cursor_tag $text$ not null,
    examined bigint not null,
    kept bigint not null,
    deleted bigint not null,
    error $text$,
    finished_at bigint
)$without_rowid$;
create index tasks_by_kind on tasks (kind, run_at, id);
