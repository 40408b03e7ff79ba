//! The door of resets: which inputs ask for what.

use domain::id::ResetId;

use super::{
    AskReset, Asked, Consented, ListResets, NamesakeSeen, Notice, OneReset, RefuseReset, ResetSeen,
    Told, ToldCount, ask, consent, decide, list, namesakes, show, told, withdraw,
};
use crate::door::{Nothing, Saved, operations};

// What is done by two is done at a page, by who signed in there: a token, and the operator on
// somebody's behalf, are answered with a code that says so (`at_a_page`).
operations! {
    Read "reset.list" GET "/resets" "重置审批" [ConsentReset]
        ListResets => ["resets": ResetSeen] = list;
    Read "reset.namesakes" GET "/resets/namesakes" "同名账号说明" [ConsentReset]
        Nothing => ["namesakes": NamesakeSeen] = namesakes;
    Read "reset.notices" GET "/resets/notices" "我的账号变动告知" []
        Nothing => ["notices": Notice] = told::noticed;
    Read "reset.show" GET "/resets/{id}" "一份重置申请" [ConsentReset]
        OneReset => {"reset": ResetSeen} = show(id);
    Write ResetAsk POST "/resets"
        AskReset => {"reset": Asked} = ask::asked;
    Write ResetConsent POST "/resets/{id}/consent"
        OneReset => {"reset": Consented} = consent(id);
    Write ResetRefuse POST "/resets/{id}/refuse"
        RefuseReset => {"reset": Saved<ResetId>} = decide::refused;
    Write ResetWithdraw POST "/resets/{id}/withdraw"
        OneReset => {"reset": Saved<ResetId>} = withdraw(id);
    Write ResetTold POST "/resets/told"
        Told => {"reset": ToldCount} = told::told;
}
