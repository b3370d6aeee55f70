using Berth.Server.Http;

namespace Berth.Tests.Http;

public sealed class GitPathTests
{
    [Theory]
    [InlineData("/u/p.git/info/refs", false, "/u:p.git/info/refs")]
    [InlineData("/u/g/p.git/git-upload-pack", false, "/u:g:p.git/git-upload-pack")]
    [InlineData("/u/p.git/git-receive-pack", false, "/u:p.git/git-receive-pack")]
    [InlineData("/u/p.git/HEAD", false, "/u:p.git/HEAD")]
    [InlineData("/u/p.git/objects/info/packs", false, "/u:p.git/objects/info/packs")]
    [InlineData("/u/info/refs.git/info/refs", false, "/u:info:refs.git/info/refs")]
    [InlineData("/u/p/info/refs", true, "/u:p/info/refs")]
    [InlineData("/u/a:b.git/info/refs", false, "/u:a\uFFFDb.git/info/refs")]
    public void Names_of_git_are_folded(string path, bool hasService, string folded)
    {
        Assert.True(GitPath.TryFold(path, hasService, out var got));
        Assert.Equal(folded, got);
    }

    [Theory]
    [InlineData("/u/p/info/refs", false)]
    [InlineData("/u/p/git-upload-pack", true)]
    [InlineData("/u/p/HEAD", true)]
    [InlineData("/u/p.git", false)]
    [InlineData("/u/p.git/config", false)]
    [InlineData("/p.git/info/refs", false)]
    [InlineData("/.git/info/refs", false)]
    [InlineData("/info/refs", true)]
    [InlineData("/", false)]
    [InlineData("/v2/u/p.git/info/refs", true)]
    [InlineData("/api/v4/projects/x.git/info/refs", true)]
    [InlineData("/-/x.git/HEAD", false)]
    public void Other_paths_are_left_alone(string path, bool hasService)
    {
        Assert.False(GitPath.TryFold(path, hasService, out var got));
        Assert.Equal(path, got);
    }
}
