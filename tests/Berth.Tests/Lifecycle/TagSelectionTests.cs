using Berth.Pipelines;
using Berth.Server.Lifecycle;

namespace Berth.Tests.Lifecycle;

/// <summary>Which names a rule takes: RE2's syntax, anchored as GitLab's.</summary>
public sealed class TagSelectionTests
{
    [Theory]
    [InlineData("v.*", "v1", true)]
    [InlineData("v.*", "xv1", false)]
    [InlineData("v", "v1", false)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a|b", "b", true)]
    [InlineData(@"v\d+", "v12", true)]
    [InlineData(@"v\d+", "v1x", false)]
    [InlineData("(?i)dev-.*", "DEV-1", true)]
    [InlineData(".*", "latest", false)]
    [InlineData("latest", "latest", false)]
    public void Pattern_takes_whole_names_but_never_latest(string pattern, string tag, bool takes) => Assert.Equal(takes, Selection(pattern, null).Takes(tag, 0));

    [Theory]
    [InlineData("main", "main", true)]
    [InlineData("main", "main-2", false)]
    // GitLab puts its anchors around the whole: before 'main', and behind 'release'. What stays there stays here.
    [InlineData("main|release", "main-2", true)]
    [InlineData("main|release", "pre-release", true)]
    [InlineData("(?:main|release)", "main-2", false)]
    public void Pattern_of_what_stays_keeps_all_that_gitlab_keeps(string pattern, string tag, bool stays) => Assert.Equal(!stays, Selection(".*", pattern).Takes(tag, 0));

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)")]
    [InlineData(@"(a)\1")]
    [InlineData("a{1001}")]
    public void What_re2_does_not_take_is_no_pattern(string pattern) => Assert.False(NamePattern.TryParse(pattern, groups: true, out _));

    private static TagSelection Selection(string delete, string? keep)
    {
        Assert.True(NamePattern.TryParse(delete, groups: true, out var deletes));
        NamePattern? keeps = null;
        Assert.True(keep is null || NamePattern.TryParse(keep, groups: false, out keeps));
        return new TagSelection(deletes, keeps, 0, null, 0);
    }
}
