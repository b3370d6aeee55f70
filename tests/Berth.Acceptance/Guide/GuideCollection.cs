namespace Berth.Acceptance.Guide;

/// <summary>The tests that share the guide's surroundings, which take half a minute to make.</summary>
[CollectionDefinition]
public sealed class GuideCollection : ICollectionFixture<GuideSurroundings>;
