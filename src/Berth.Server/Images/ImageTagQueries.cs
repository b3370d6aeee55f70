using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>The SQL of lists of tags: each order by keyset on an index of its own.</summary>
internal static class ImageTagQueries
{
    /// <summary>
    /// Who pushed is whoever the newest event names by which the tag came to what it is. That a signature lives is a look-up of its own:
    /// SQLite takes an index that holds all else that is asked for, and otherwise walks the repository's manifests.
    /// </summary>
    private const string Columns = """
        t.name as Tag, t.digest as Digest, t.total_size as Size, t.published_at as PublishedAt, m.platform as Platform, m.media_type as MediaType, m.artifact_type as ArtifactType,
            j.id as JobId, j.name as JobName, p.id as PipelineId, p.ref as Ref, p.sha as Sha, u.username as Username, e.credential as Credential,
            (select s.digest from manifests s where s.repository_id = t.repository_id and s.subject = t.digest
                and s.artifact_type in ('application/vnd.dev.cosign.artifact.sig.v1+json', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.cncf.notary.signature')
                and (select 1 from manifests l where l.repository_id = s.repository_id and l.digest = s.digest and l.deleted_at is null) is not null limit 1) as Signature
        """;

    private const string Origins = """
        left join jobs j on j.id = t.job_id
        left join pipelines p on p.id = j.pipeline_id
        left join tag_events e on e.id = (
            select max(n.id) from tag_events n where n.repository_id = t.repository_id and n.tag = t.name and n.digest is not null)
        left join users u on u.id = e.user_id
        """;

    private const string Live = "join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null";

    public const string One = $"select {Columns} from tags t {Live} {Origins} where t.repository_id = @repository and t.name = @tag";

    public const string Of = $"select {Columns} from tags t {Live} {Origins} where t.repository_id = @repository and t.name in @tags order by t.name";

    /// <summary>A page of all tags, by order. A name lies from @low on and before @high; the other orders go on behind @key and @name.</summary>
    public static readonly (string Order, string Sql)[] Pages = [.. Orders().Select(order => (order.Name, $"""
        select {Columns} from (
            select t.repository_id, {order.Keys} from tags t where t.repository_id = @repository and {order.Place("")} and {LiveTags.Only} order by {order.By("")} limit @limit) f
        join tags t on t.repository_id = f.repository_id and t.name = f.name {Live} {Origins}
        order by {order.By("f.")}
        """))];

    /// <summary>A page of the tags whose names fit @pattern and lie between @low and @high, among the next @scan ones of the order.</summary>
    public static readonly (string Order, string Sql)[] FilteredPages = [.. Orders().Select(order => (order.Name, $"""
        select {Columns} from (
            select s.* from (
                select repository_id, {order.Keys} from tags where repository_id = @repository and {order.Place("")} order by {order.By("")} limit @scan) s
            where s.name >= @low and s.name < @high and lower(s.name) like @pattern escape '\' order by {order.By("s.")} limit @limit) f
        join tags t on t.repository_id = f.repository_id and t.name = f.name {Live} {Origins}
        order by {order.By("f.")}
        """))];

    /// <summary>The last tag of those next @scan ones, if any is behind it.</summary>
    public static readonly (string Order, string Sql)[] ScanEnds = [.. Orders().Select(order => (order.Name, $"""
        select name as Tag, {order.Key} as Position from tags where repository_id = @repository and {order.Place("")} order by {order.By("")} limit 2 offset @skip
        """))];

    /// <summary>Platforms of the children of some indexes; attestations say they are for an unknown one.</summary>
    public const string Platforms = """
        select r.parent as Parent, m.platform as Platform
        from manifest_references r join manifests m on m.repository_id = r.repository_id and m.digest = r.child
        where r.repository_id = @repository and r.parent in @parents and r.kind in (3, 6) and m.deleted_at is null
            and m.platform is not null and m.platform <> 'unknown/unknown' limit @limit
        """;

    private static IEnumerable<Ordering> Orders() =>
    [
        new("name asc", "", ""), new("name desc", "", "desc"),
        new("published asc", "published_at", ""), new("published desc", "published_at", "desc"),
        new("size asc", "total_size", ""), new("size desc", "total_size", "desc"),
    ];

    private sealed record Ordering(string Name, string Column, string Direction)
    {
        /// <summary>Nobody looks at it where names alone are the order: any column that the index holds.</summary>
        public string Key => Column.Length == 0 ? "repository_id" : Column;

        public string Keys => Column.Length == 0 ? "name" : $"name, {Column}";

        public string Place(string table) => Column.Length == 0
            ? $"{table}name >= @low and {table}name < @high"
            : $"({table}{Column}, {table}name) {(Direction.Length == 0 ? ">" : "<")} (@key, @name)";

        public string By(string table) => (Column.Length == 0 ? $"{table}name {Direction}" : $"{table}{Column} {Direction}, {table}name {Direction}").TrimEnd();
    }
}
