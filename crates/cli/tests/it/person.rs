//! The operator at the server's console: one link, with a reason, in the trail.

use crate::running::Copied;

#[test]
fn the_operator_gives_one_link_with_a_reason_and_the_chain_holds() {
    let demo = Copied::new();
    let ran = demo.run(&["person", "reset", "anban"]).ends(2);
    assert!(ran.err.contains("--reason"), "{}", ran.err);
    let ran = demo
        .run(&["person", "reset", "anban", "--reason", " "])
        .ends(2);
    assert!(ran.err.contains("请写明原因"), "{}", ran.err);
    let ran = demo
        .run(&["person", "reset", "nobody.here", "--reason", "遗失"])
        .ends(1);
    assert!(ran.err.contains("没有找到这个用户名"), "{}", ran.err);

    let reason = "两名管理员均出差，经县安委会主任批准";
    let arguments = ["--json", "person", "reset", "anban", "--reason", reason];
    let first = demo.run(&arguments).ok();
    let link = first.value()["link"].as_str().unwrap().to_owned();
    assert!(link.contains("/link/") && link.len() > 80, "{link}");
    assert!(first.err.contains("“operator”"), "{}", first.err);
    assert!(first.err.contains("30天"), "{}", first.err);
    let second = demo.run(&arguments).ok().value();
    assert_ne!(second["link"], link);
    let proof = demo.run(&["--json", "audit", "verify"]).ok().value();
    assert_eq!(proof["clean"], true);
}
