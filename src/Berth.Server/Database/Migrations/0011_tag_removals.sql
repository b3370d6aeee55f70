-- Deleted manifests whose many tags are still to be written down as deleted: a tag whose manifest is not live does not exist.
create table tag_removals (
    repository_id bigint not null,
    digest $bytes$ not null,
    user_id bigint,
    credential $text$ not null,
    job_id bigint,
    at bigint not null,
    keep_until bigint not null,
    primary key (repository_id, digest),
    foreign key (repository_id, digest) references manifests (repository_id, digest)
)$without_rowid$;
