using Berth.Runner.Engine;
using Berth.Runner.Jobs;
using Berth.Runner.Workspace;

namespace Berth.Tests.Runner;

/// <summary>Names and patterns by the rules of gitlab-runner.</summary>
public sealed class NamesTests
{
    [Theory]
    [InlineData("docker:20.10.16-dind", "", "docker")]
    [InlineData("postgres:14@sha256:abc", "", "postgres")]
    [InlineData("tutum/wordpress:latest", "", "tutum__wordpress tutum-wordpress")]
    [InlineData("registry.example.com:4999/tutum/wordpress", "", "registry.example.com__tutum__wordpress registry.example.com-tutum-wordpress")]
    [InlineData("host:5050/a/docker:dind", "docker, db  x", "host__a__docker host-a-docker docker db x")]
    public void A_service_is_named_after_its_image_and_its_aliases(string image, string alias, string names) =>
        Assert.Equal(names.Split(' '), ServiceNames.Of(image, alias));

    [Theory]
    [InlineData("busybox", "docker.io", "library/busybox", "", "")]
    [InlineData("a/b:t", "docker.io", "a/b", "t", "")]
    [InlineData("localhost/a", "localhost", "a", "", "")]
    [InlineData("Host.example:5050/a/b/c:t@sha256:d", "host.example:5050", "a/b/c", "t", "sha256:d")]
    public void An_image_is_taken_apart(string text, string registry, string path, string tag, string digest)
    {
        Assert.True(ImageReference.TryParse(text, out var reference));
        Assert.Equal(new ImageReference(registry, path, tag, digest), reference);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("$UNSET/image")]
    [InlineData("host.example/")]
    public void What_is_no_image_is_refused(string text) => Assert.False(ImageReference.TryParse(text, out _));

    [Theory]
    [InlineData("out/", "out/a/b", true)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", "d/a.txt", false)]
    [InlineData("**/*.txt", "a.txt", true)]
    [InlineData("**/*.txt", "d/e/a.txt", true)]
    [InlineData("d/*", "d/e/f", true)]
    [InlineData("/builds/p/out", "out/a", true)]
    [InlineData("./", "anything", true)]
    [InlineData("{a,b}/[0-9]", "b/7", true)]
    [InlineData("{a,b}/[!0-9]", "b/7", false)]
    [InlineData("../other", "other", false)]
    public void A_path_selects_files(string pattern, string file, bool isSelected) =>
        Assert.Equal(isSelected, new FileSelection("/builds/p", [pattern], [], []).Contains(file));

    [Fact]
    public void A_selection_looks_only_where_files_may_be()
    {
        var selection = new FileSelection("/builds/p", ["out/deep/*.x", "out/other", "out", "a/b/**"], ["out/no"], ["sub/untracked"]);

        Assert.Equal(["a/b", "out", "sub"], selection.Roots.Order(StringComparer.Ordinal));
        Assert.True(selection.Contains("sub/untracked"));
        Assert.False(selection.Contains("sub/other"));
        Assert.False(selection.Contains("out/no"));
    }

    [Fact]
    public void A_quoted_text_is_what_any_shell_reads_back() => Assert.Equal(@"'it'\''s $x'", Shell.Quote("it's $x"));
}
