namespace Berth.Server.Ci;

/// <summary>The SQL of projects' variables.</summary>
internal static class VariableQueries
{
    private const string Columns = "key as Key, value as Value, masked as Masked, protected as Protected, raw as Raw, is_file as IsFile";

    public const string OfProject = $"select {Columns} from ci_variables where project_id = @project order by key";

    public const string Page = $"select {Columns} from ci_variables where project_id = @project order by key limit @limit offset @offset";

    public const string Count = "select count(*) from ci_variables where project_id = @project";

    public const string OfKey = $"select {Columns} from ci_variables where project_id = @project and key = @key";

    public const string Insert = """
        insert into ci_variables (project_id, key, value, masked, protected, raw, is_file)
        values (@project, @key, @value, @masked, @protected, @raw, @isFile) on conflict (project_id, key) do nothing
        """;

    public const string Update = """
        update ci_variables set value = @value, masked = @masked, protected = @protected, raw = @raw, is_file = @isFile
        where project_id = @project and key = @key
        """;

    public const string Delete = "delete from ci_variables where project_id = @project and key = @key";
}
