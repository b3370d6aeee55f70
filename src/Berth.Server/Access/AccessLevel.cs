namespace Berth.Server.Access;

/// <summary>The roles of members, with GitLab's numbers; a higher one may all that a lower one may.</summary>
internal enum AccessLevel
{
    None = 0,
    Guest = 10,
    Reporter = 20,
    Developer = 30,
    Maintainer = 40,
    Owner = 50,
}
