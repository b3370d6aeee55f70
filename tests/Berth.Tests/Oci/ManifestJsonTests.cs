using System.Text;
using Berth.Oci;
using CsCheck;
using static Berth.Tests.Oci.ManifestText;

namespace Berth.Tests.Oci;

/// <summary>What is asked of the JSON itself, before its fields mean anything.</summary>
public sealed class ManifestJsonTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{'schemaVersion':2}")]
    [InlineData("{\"schemaVersion\":2,}")]
    [InlineData("{\"schemaVersion\":2 /* two */}")]
    [InlineData("{\"schemaVersion\":02}")]
    [InlineData("{\"schemaVersion\":NaN}")]
    [InlineData("\ufeff{}")]
    [InlineData("{\"a\":\"\t\"}")]
    public void What_is_not_JSON_is_refused_with_the_place(string json) =>
        Assert.Matches("^The manifest is not valid JSON at line [0-9]+, byte [0-9]+ of that line\\.$", Refusal(json, MediaTypes.OciManifest));

    [Theory]
    [InlineData("null", "null")]
    [InlineData("[]", "array")]
    [InlineData("2", "number")]
    [InlineData("\"x\"", "string")]
    [InlineData("false", "boolean")]
    public void What_is_no_object_is_refused(string json, string kind) =>
        Assert.Equal($"The manifest is a JSON {kind}; push a JSON object.", Refusal(json));

    [Fact]
    public void What_is_not_UTF_8_is_refused()
    {
        var gzip = new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
        Assert.Contains("not UTF-8", Assert.Throws<ManifestInvalidException>(() => ManifestDocument.Parse(gzip, null)).Message);
        Assert.Throws<ManifestInvalidException>(() => ManifestDocument.Parse(Encoding.Unicode.GetBytes(Image().ToJsonString()), null));
    }

    [Theory]
    [InlineData("\"schemaVersion\":2")]
    [InlineData("\"layers\":[]")]
    [InlineData("\"l\\u0061yers\":[]")]
    [InlineData("\"x\":1,\"x\":1")]
    [InlineData("\"x\":{\"y\":1,\"y\":1}")]
    [InlineData("\"x\":[{\"y\":1,\"\\u0079\":2}]")]
    [InlineData("\"annotations\":{\"k\":\"a\",\"k\":\"b\"}")]
    public void A_field_that_occurs_twice_anywhere_is_refused(string more) =>
        Assert.StartsWith("A JSON object of the manifest holds a field twice", Refusal(Image().ToJsonString()[..^1] + $",{more}}}"));

    [Fact]
    public void Names_that_differ_by_case_are_two_fields_where_the_specs_know_neither() =>
        Assert.NotNull(Parse(Image().ToJsonString()[..^1] + ",\"x\":1,\"X\":1}"));

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\udc00\\ud800")]
    public void Half_a_surrogate_pair_is_refused_in_values_and_in_names(string half)
    {
        Assert.Contains("surrogate", Refusal(Image().ToJsonString()[..^1] + $",\"x\":\"{half}\"}}"));
        Assert.Contains("surrogate", Refusal(Image().ToJsonString()[..^1] + $",\"{half}\":1}}"));
    }

    [Fact]
    public void Nesting_goes_32_levels_deep()
    {
        Assert.NotNull(Parse(Nested(OciLimits.MaxManifestDepth)));
        Assert.Contains("deeper than 32 levels", Refusal(Nested(OciLimits.MaxManifestDepth + 1)));
        Assert.Throws<ManifestInvalidException>(() => Parse(Nested(OciLimits.MaxManifestBytes / 2 - 1000)));
    }

    [Fact]
    public void Tokens_are_limited()
    {
        // The fields of the image without "x", and the brackets of the array.
        var image = Image().ToJsonString()[..^1] + ",\"x\":[";
        var zeros = OciLimits.MaxManifestTokens - Count(image + "]}");
        Assert.NotNull(Parse(image + string.Join(',', Enumerable.Repeat('0', zeros)) + "]}"));
        Assert.Contains("JSON tokens", Refusal(image + string.Join(',', Enumerable.Repeat('0', zeros + 1)) + "]}"));
    }

    [Fact]
    public void A_damaged_image_is_read_or_refused_and_nothing_else() => ReadOrRefused(Image()
        .With("subject", Descriptor().ToJsonString()).With("annotations", """{"k":"v\u0041"}""").With("artifactType", "\"application/x\"").ToJsonString());

    [Fact]
    public void A_damaged_index_is_read_or_refused_and_nothing_else() => ReadOrRefused(Index()
        .With("manifests", $"[{Descriptor(MediaTypes.OciManifest).With("platform", """{"os":"linux","architecture":"amd64"}""").ToJsonString()}]").ToJsonString());

    private static void ReadOrRefused(string document) => Damage.Of(document).Sample(bytes =>
    {
        try
        {
            var read = ManifestDocument.Parse(bytes, null);
            Assert.All(read.References, reference => Assert.NotNull(reference.Descriptor.Digest.ToString()));
        }
        catch (ManifestInvalidException refused)
        {
            Assert.DoesNotContain(refused.Message, char.IsControl);
        }
    }, iter: 20_000);

    /// <summary>An image with arrays in an unknown field, <paramref name="levels"/> deep with the document itself.</summary>
    private static string Nested(int levels) => Image().ToJsonString()[..^1] + $",\"x\":{new string('[', levels - 1)}{new string(']', levels - 1)}}}";

    private static int Count(string json)
    {
        var reader = new System.Text.Json.Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }
}
