using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Server.Configuration;
using Berth.Tests.Harness;

namespace Berth.Tests.Configuration;

/// <summary>docs/settings.md and docs/berth.schema.json say what the program does.</summary>
public sealed partial class SettingsDocumentsTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonObject Schema = JsonNode.Parse(SettingsSchema.ToJson())!.AsObject();

    /// <summary>A good value for each setting, as berth.json has it.</summary>
    private static readonly Dictionary<string, string[]> Good = new()
    {
        ["Urls"] = ["\"http://localhost:1;http://localhost:2\"", "[\"http://localhost:1\"]"],
        ["Tls"] = ["\"off\""],
        ["Tls__Certificate"] = ["\"server.pem\""],
        ["Tls__Key"] = ["\"server.key\""],
        ["DataDirectory"] = ["\"/var/lib/berth\""],
        ["ExternalUrl"] = ["\"https://berth.example.com\""],
        ["RegistryExternalUrl"] = ["\"https://registry.example.com\""],
        ["TrustedProxies"] = ["\"10.0.0.0/8, ::1\"", "[\"10.0.0.0/8\", \"::1\"]", "[]"],
        ["InitialRootPassword"] = ["\"correct horse\"", "\"12345678\""],
        ["InitialRootToken"] = ["\"glpat-12345678901234\""],
        ["Database__ConnectionString"] = ["\"Host=db\""],
        ["Storage__Provider"] = ["\"filesystem\""],
        ["SecretsKey"] = ["\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""],
        ["MinimumFreeSpace"] = ["0", "1073741824", "\"5\"", "\"5 B\"", "\"512MiB\"", "\"1 tib\""],
        ["Git__Directory"] = ["\"/var/lib/berth/git\""],
        ["Git__MaxPushSize"] = ["\"2GiB\"", "1048576"],
        ["Ci__MaxArtifactSize"] = ["\"1GiB\"", "1048576"],
        ["Ci__SilentRunnerTimeout"] = ["\"60\"", "\"1h 30m\"", "\"1 day\""],
        ["Audit__Retention"] = ["\"365 days\"", "\"1 day\""],
        ["Keys__RotateEvery"] = ["\"90 days\"", "\"2 weeks\""],
        ["Limits__TokenRequests"] = ["120000", "\"0\""],
        ["Limits__SignIns"] = ["0", "\"60\""],
        ["Limits__PushStarts"] = ["60000"],
        ["Limits__PipelineStarts"] = ["300"],
        ["Tokens__DefaultLifetime"] = ["\"90\"", "\"90 days\"", "\"2 weeks\""],
        ["Tokens__MaxLifetime"] = ["\"3650 days\"", "\"400\""],
        ["Metrics__OtlpEndpoint"] = ["\"http://localhost:4317\""],
    };

    /// <summary>Values that both the schema and the program refuse.</summary>
    private static readonly Dictionary<string, string[]> Bad = new()
    {
        ["Urls"] = ["[1]"],
        ["Tls"] = ["\"on\"", "true"],
        ["InitialRootPassword"] = ["\"1234567\""],
        ["InitialRootToken"] = ["\"glpat-1\"", "\"glpat-12345678901 234\""],
        ["Storage__Provider"] = ["\"s3\""],
        ["SecretsKey"] = ["\"AAECAw==\""],
        ["Ci__SilentRunnerTimeout"] = ["10", "true"],
        ["Limits__SignIns"] = ["-1", "1.5", "\"many\""],
        ["Audit__Retention"] = ["365", "true"],
        ["MinimumFreeSpace"] = ["-1", "1.5", "\"5GB\"", "\"5Gi\"", "\"GiB\"", "\"\\u0665\""],
    };

    [Fact]
    public void Settings_page_is_what_the_program_says() => Snapshot.Matches("docs/settings.md", SettingsReference.ToMarkdown());

    [Fact]
    public void Schema_file_is_what_the_program_says() => Snapshot.Matches("docs/berth.schema.json", SettingsSchema.ToJson());

    [Fact]
    public void Settings_page_tells_of_the_schema_and_of_every_setting()
    {
        var page = SettingsReference.ToMarkdown();
        Assert.Contains("`berth.schema.json`, beside this page", page);
        Assert.All(SettingDefinitions.All, definition => Assert.Single(page.Split('\n'), line => line.StartsWith($"| `{definition.Name}`", StringComparison.Ordinal)));
        Assert.Equal(SettingDefinitions.All.Count + 2, page.Split('\n').Count(line => line.StartsWith('|')));
        Assert.All(page.Split('\n').Where(line => line.StartsWith('|')), line => Assert.Equal(4, line.Count(c => c == '|')));
    }

    [Fact]
    public void Examples_of_the_page_fit_the_schema_and_start_the_server()
    {
        var examples = Example().Matches(SettingsReference.ToMarkdown()).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(examples);
        Assert.All(examples, example =>
        {
            var json = JsonNode.Parse(example, documentOptions: Lenient)!;
            Assert.Empty(JsonSchema.Violations(Schema, json));
            using var fixture = new SettingsFixture();
            fixture.Json(example.Replace("/run/secrets/db", fixture.WriteFile("db", "Host=db"))).Load();
        });
    }

    [Fact]
    public void Every_default_fits_the_schema_and_is_read() => Assert.All(SettingDefinitions.All.Where(definition => definition.Default is not null),
        definition => FitsAndIsRead(definition, JsonSerializer.Serialize(definition.Default)));

    [Fact]
    public void Every_good_value_fits_the_schema_and_is_read()
    {
        Assert.Equal(SettingDefinitions.All.Select(definition => definition.Name), Good.Keys);
        Assert.All(SettingDefinitions.All, definition => Assert.All(Good[definition.Name], value => FitsAndIsRead(definition, value)));
    }

    [Fact]
    public void What_the_schema_refuses_the_program_refuses() => Assert.All(Bad, bad => Assert.All(bad.Value, value =>
    {
        Assert.NotEmpty(JsonSchema.Violations(Schema, new JsonObject { [bad.Key] = JsonNode.Parse(value) }));
        using var fixture = new SettingsFixture();
        Assert.Throws<SettingsException>(() => fixture.Json($$"""{ "{{bad.Key}}": {{value}} }""").Load());
    }));

    [Theory]
    [InlineData("""{ "Url": "http://localhost:1" }""")]
    [InlineData("""{ "Database": { "Connection": "Host=db" } }""")]
    [InlineData("""{ "Urls_FILE": "urls" }""")]
    [InlineData("""{ "Database__ConnectionString__x": "Host=db" }""")]
    public void The_schema_refuses_unknown_names(string json) => Assert.NotEmpty(JsonSchema.Violations(Schema, JsonNode.Parse(json)));

    /// <summary>Under its flat names and, where it can be, nested.</summary>
    private static void FitsAndIsRead(SettingDefinition definition, string value)
    {
        var documents = new List<string> { $$"""{ "{{definition.Name}}": {{value}} }""", $$"""{ "{{definition.Name.Replace("__", ":")}}": {{value}} }""" };
        if (definition.Section is { } section && section != "Tls")
            documents.Add($$"""{ "{{section}}": { "{{definition.Name[(section.Length + 2)..]}}": {{value}} } }""");
        Assert.All(documents, json =>
        {
            Assert.Empty(JsonSchema.Violations(Schema, JsonNode.Parse(json)));
            using var fixture = new SettingsFixture();
            fixture.Json(json).Load();
        });
    }

    [GeneratedRegex("`(\\{.*?\\})`")]
    private static partial Regex Example();
}
