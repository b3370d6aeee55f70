using Berth.Server.Http;
using CsCheck;

namespace Berth.Tests.Http;

public sealed class RepositoryPathTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("/v2/a/b/manifests/latest", "/v2/a:b/manifests/latest")]
    [InlineData("/v2/a/b/manifests/" + Digest, "/v2/a:b/manifests/" + Digest)]
    [InlineData("/v2/a/b/c/d/blobs/" + Digest, "/v2/a:b:c:d/blobs/" + Digest)]
    [InlineData("/v2/a/b/blobs/uploads", "/v2/a:b/blobs/uploads")]
    [InlineData("/v2/a/b/blobs/uploads/", "/v2/a:b/blobs/uploads/")]
    [InlineData("/v2/a/b/blobs/uploads/0123", "/v2/a:b/blobs/uploads/0123")]
    [InlineData("/v2/a/b/tags/list", "/v2/a:b/tags/list")]
    [InlineData("/v2/a/b/referrers/" + Digest, "/v2/a:b/referrers/" + Digest)]
    [InlineData("/v2/a/blobs/uploads/blobs/" + Digest, "/v2/a:blobs:uploads/blobs/" + Digest)]
    [InlineData("/v2/a/manifests/tags/list", "/v2/a:manifests/tags/list")]
    [InlineData("/v2/a/tags/manifests/list", "/v2/a:tags/manifests/list")]
    [InlineData("/v2/a//b/manifests/latest", "/v2/a::b/manifests/latest")]
    [InlineData("/v2/a/b:c/manifests/latest", "/v2/a:b\uFFFDc/manifests/latest")]
    [InlineData("/v2/a:b/manifests/latest", "/v2/a\uFFFDb/manifests/latest")]
    public void The_slashes_of_a_name_are_folded(string path, string folded)
    {
        Assert.True(RepositoryPath.TryFold(path, out var found));
        Assert.Equal(folded, found);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v2")]
    [InlineData("/v2/")]
    [InlineData("/v2//")]
    [InlineData("/v2/a")]
    [InlineData("/v2/a/b")]
    [InlineData("/v2/a/b/manifests")]
    [InlineData("/v2/a/b/tags")]
    [InlineData("/v2/a/b/tags/other")]
    [InlineData("/v2/a/manifests/latest")]
    [InlineData("/v2/manifests/latest")]
    [InlineData("/v2/tags/list")]
    [InlineData("/v2/blobs/uploads/")]
    [InlineData("/v2//manifests/latest")]
    [InlineData("/V2/a/b/manifests/latest")]
    [InlineData("/v3/a/b/manifests/latest")]
    [InlineData("/v2x/a/b/manifests/latest")]
    [InlineData("/api/v4/a/b/manifests/latest")]
    public void Other_paths_stay(string path)
    {
        Assert.False(RepositoryPath.TryFold(path, out var folded));
        Assert.Equal(path, folded);
    }

    [Fact]
    public void Whatever_the_name_its_segment_unfolds_to_it_again()
    {
        var word = Gen.Int[0, 8].Select(i => new[] { "a", "b", "v2", "blobs", "uploads", "manifests", "tags", "list", "referrers" }[i]);
        var tail = Gen.Int[0, 5].Select(i => new[] { "/manifests/latest", "/blobs/" + Digest, "/blobs/uploads", "/blobs/uploads/", "/tags/list", "/referrers/" + Digest }[i]);
        Gen.Select(word.Array[2, 6], tail).Sample((words, end) =>
        {
            var name = string.Join('/', words);
            return RepositoryPath.TryFold($"/v2/{name}{end}", out var folded)
                && folded.EndsWith(end, StringComparison.Ordinal)
                && !folded["/v2/".Length..^end.Length].Contains('/')
                && RepositoryPath.Unfold(folded["/v2/".Length..^end.Length]) == name;
        });
    }

    [Fact]
    public void No_path_makes_folding_throw_or_changes_anything_but_slashes_and_colons() =>
        Gen.Char["/:abv2"].Array[0, 12].Select(chars => "/v2/" + new string(chars)).Sample(path =>
            !RepositoryPath.TryFold(path, out var folded) || folded.Length == path.Length && folded.Replace('\uFFFD', ':').Replace(':', '/') == path.Replace(':', '/'));
}
