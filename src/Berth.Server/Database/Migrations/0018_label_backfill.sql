-- Images that were pushed before 0012 have no labels in manifest_labels: they are read in the background, a few at a time.
-- payload: behind which manifest to go on, as repository and digest.
insert into tasks (kind, payload, run_at, attempts, created_at)
    select 'index_labels', '0:', 0, 0, 0 where exists (select 1 from manifests);
