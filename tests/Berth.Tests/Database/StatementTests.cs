using System.Data.Common;
using System.Text.RegularExpressions;
using Berth.Server.Database;
using Berth.Tests.Harness;
using Dapper;

namespace Berth.Tests.Database;

/// <summary>Every SQL text of the server compiles on this run's database, and reaches its rows by an index.</summary>
public sealed partial class StatementTests(TestServer server)
{
    /// <summary>What may walk a table, and why that is right.</summary>
    private static readonly Dictionary<string, string> MayScan = new()
    {
        ["AccessQueries.SigningKeys"] = "a handful of keys",
        ["AccessQueries.RetireSigningKeys"] = "a handful of keys",
        ["AccessQueries.DeleteRetiredSigningKeys"] = "a handful of keys",
        ["AccessQueries.AnyUser"] = "stops at the first row",
        ["AccessTokenQueries.ListAll"] = "everyone's tokens, filtered at will: for administrators",
        ["AccessTokenQueries.CountAll"] = "everyone's tokens, filtered at will: for administrators",
        ["DeployTokenQueries.ListAll"] = "everyone's tokens: for administrators",
        ["DeployTokenQueries.CountAll"] = "everyone's tokens: for administrators",
        ["ImageTagQueries.FilteredPages"] = "what it walks is a subquery of the next 10,000 tags of an index",
        ["ImageWordQueries.Unindexed"] = "an index of those that are to be done alone",
        ["InstanceStorageQueries.CountBlobs"] = "counts every blob, in the background, once an hour",
        ["RunnerQueries.All"] = "every runner: for administrators",
        ["RunnerQueries.CountAll"] = "every runner: for administrators",
        ["RepositoryQueries.TagsAt"] = "a page by number reads what it skips, by the names that are the primary key's order",
        ["RepositoryTrashQueries.IsUsed"] = "stops at the first row",
        ["FsckQueries.Broken"] = "fsck walks everything: that is its task",
    };

    public static TheoryData<string> Names => [.. Statements.All.Select(statement => statement.Name)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void All_classes_of_queries_are_found() => Assert.InRange(Statements.All.Count, 60, 1000);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Statement_compiles_and_walks_no_table(string name)
    {
        var sql = Statements.All.Single(statement => statement.Name == name).Sql;
        await using var connection = await server.Database.OpenRead(Cancel);
        var walks = TestDatabase.IsPostgres ? await PostgresWalks(connection.Connection, sql) : await SqliteWalks(connection.Connection, sql);
        if (!MayScan.Keys.Any(allowed => name.StartsWith(allowed, StringComparison.Ordinal)))
            Assert.Empty(walks);
    }

    private static async Task<List<string>> SqliteWalks(DbConnection connection, string sql)
    {
        var parameters = new DynamicParameters();
        foreach (var name in Parameters().Matches(sql).Select(match => match.Groups[1].Value).Distinct())
            parameters.Add(name, null);
        // Where others refer to a row, SQLite plans a look-up in them for each insert of one; it runs that only after a violation.
        await connection.ExecuteAsync($"pragma foreign_keys = {(sql.TrimStart().StartsWith("insert", StringComparison.OrdinalIgnoreCase) ? "off" : "on")}");
        var plan = new List<string>();
        await using (var row = await connection.ExecuteReaderAsync($"explain query plan {InList().Replace(sql, "in ($1)")}", parameters))
        {
            while (await row.ReadAsync(Cancel))
                plan.Add(row.GetString(3));
        }
        // What the query makes itself is as long as what it searched for.
        var made = plan.Where(detail => Made().IsMatch(detail)).Select(detail => "SCAN " + detail.Split(' ')[1]).ToHashSet();
        // A scan that names an index still reads all of it, unless it ends early.
        return [.. plan.Where(detail => (detail.StartsWith("SCAN", StringComparison.Ordinal) && detail != "SCAN CONSTANT ROW" && !made.Contains(detail))
            || OfRepository().IsMatch(detail))];
    }

    private static async Task<List<string>> PostgresWalks(DbConnection connection, string sql)
    {
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var names = Parameters().Matches(sql).Select(match => match.Groups[1].Value).Distinct().ToList();
        var numbered = Parameters().Replace(Dialect.Postgres.Sql(sql), match => $"${names.IndexOf(match.Groups[1].Value) + 1}");
        // The types of the parameters are PostgreSQL's to find, and the plan must serve all values.
        await connection.ExecuteAsync($"set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan; prepare statement_test as {numbered}", transaction: transaction);
        try
        {
            var values = names.Count == 0 ? "" : $"({string.Join(", ", names.Select(_ => "null"))})";
            var plan = (await connection.QueryAsync<string>($"explain execute statement_test{values}", transaction: transaction)).ToList();
            return [.. plan.Where(line => line.Contains("Seq Scan", StringComparison.Ordinal))];
        }
        finally
        {
            await connection.ExecuteAsync("deallocate statement_test", transaction: transaction);
        }
    }

    /// <summary>
    /// All rows of a repository. Without statistics SQLite takes the primary key for as good as a longer match in an index that does not
    /// hold all that is asked for, so such an index is never used; a repository holds hundreds of thousands of tags and manifests.
    /// </summary>
    [GeneratedRegex(@"^SEARCH (?!tag_deletions )\w+ USING PRIMARY KEY \(repository_id=\?\)")]
    private static partial Regex OfRepository();

    [GeneratedRegex(@"^(CO-ROUTINE|MATERIALIZE) \S+$")]
    private static partial Regex Made();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"\bin (@\w+)")]
    private static partial Regex InList();
}
