namespace Berth.Server.Web;

/// <summary>
/// What a page says once about the form that led to it. The browser carries only which of these it is, in a cookie of a minute: no
/// address and no other site can make a page say something.
/// </summary>
internal enum PageNote
{
    SignedOut = 1,
    PasswordChanged,
    TokenRevoked,
    ProjectCreated,
    GroupCreated,
    Saved,
    Moved,
    ProjectDeleted,
    GroupDeleted,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    Left,
}

internal static class PageNoteWords
{
    public static string Words(this PageNote note) => note switch
    {
        PageNote.SignedOut => "You are signed out.",
        PageNote.PasswordChanged => "Your password is changed. Every other browser that was signed in as you is signed out.",
        PageNote.TokenRevoked => "The token is revoked: it opens nothing any more.",
        PageNote.ProjectCreated => "The project is made.",
        PageNote.GroupCreated => "The group is made, and you own it.",
        PageNote.Saved => "Saved.",
        PageNote.Moved => "Moved. The old address leads here for 30 days.",
        PageNote.ProjectDeleted => "The project is deleted.",
        PageNote.GroupDeleted => "The group is deleted.",
        PageNote.MemberAdded => "The member is added.",
        PageNote.MemberChanged => "The member is changed.",
        PageNote.MemberRemoved => "The member is removed.",
        PageNote.Left => "You are no member any more.",
        _ => throw new ArgumentOutOfRangeException(nameof(note)),
    };
}
