-- Who changed a right or a credential, when, from where: append-only, until the days of retention are over.
-- credential: kind and id, as 'pat:12', or 'operator' or 'system'. Names and paths as they were then, so nothing is referred to.
-- entity: what it belongs to (user, group, project, instance), by which it is found; target: what it is about, as a token.
-- details: a small JSON object, never a secret. address: the client's.
create table audit_events (
    id $id$,
    at bigint not null,
    actor_id bigint,
    actor_name $text$ not null,
    credential $text$ not null,
    address $text$,
    action $text$ not null,
    entity_kind $text$ not null,
    entity_id bigint not null,
    entity_path $text$ not null,
    target_kind $text$ not null,
    target_id bigint,
    target_name $text$ not null,
    details $text$ not null
);
create index audit_events_by_entity on audit_events (entity_kind, entity_id, id);
create index audit_events_by_actor on audit_events (actor_id, id);
create index audit_events_by_time on audit_events (at, id);

-- signs_from: when the key begins to sign, some time after it was published; retired_at: from when on it does not even verify.
alter table signing_keys add column signs_from bigint not null default 0;
