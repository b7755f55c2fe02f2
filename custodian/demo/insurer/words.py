"""Short lists of words from which invented customers, employers and illnesses are put together."""

from __future__ import annotations

# Surname and its pinyin, which e-mail addresses are made of.
SURNAMES = dict(
    pair.split(":")
    for pair in (
        "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 孙:sun "
        "胡:hu 朱:zhu 高:gao 林:lin 何:he 郭:guo 马:ma 罗:luo 梁:liang 宋:song 郑:zheng 谢:xie "
        "韩:han 唐:tang 冯:feng 于:yu 董:dong 程:cheng 曹:cao 袁:yuan 邓:deng 许:xu 傅:fu 沈:shen "
        "曾:zeng 彭:peng 吕:lv 苏:su 卢:lu 蒋:jiang 蔡:cai 贾:jia 丁:ding 魏:wei 薛:xue 叶:ye "
        "余:yu 潘:pan 杜:du 戴:dai 夏:xia 钟:zhong 汪:wang 田:tian 任:ren 姜:jiang 范:fan 方:fang "
        "石:shi 姚:yao 谭:tan 廖:liao 邹:zou 熊:xiong 金:jin 陆:lu 孔:kong 白:bai 崔:cui 康:kang "
        "毛:mao 邱:qiu 秦:qin 江:jiang 史:shi 顾:gu 侯:hou 邵:shao 孟:meng 段:duan 钱:qian 汤:tang "
        "尹:yin 黎:li 易:yi 常:chang 乔:qiao 贺:he 龚:gong 仇:qiu 解:xie 单:shan 查:zha"
    ).split()
)
COMPOUND_SURNAMES = dict(
    pair.split(":")
    for pair in (
        "欧阳:ouyang 司马:sima 上官:shangguan 诸葛:zhuge 夏侯:xiahou 皇甫:huangfu "
        "尉迟:yuchi 公孙:gongsun 慕容:murong 令狐:linghu 司徒:situ"
    ).split()
)
GIVEN = {
    "男": tuple("伟强磊军勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆志建国庆松柏川泽铭哲轩博睿诚毅峰"),
    "女": tuple("芳娜敏静丽艳娟霞燕玲桂英秀兰洁梅琳雪颖慧莹婷玉萍红月欣怡蕾薇倩岚晴瑶佳悦琪宁"),
}
GIVEN_OLD = {
    "男": "建国 建华 志强 国庆 德明 长根 福生 卫东 解放 跃进 金山 宝林".split(),
    "女": "桂兰 秀英 玉珍 凤英 淑珍 桂芳 爱华 红梅 秀兰 金凤 巧云 素琴".split(),
}
# Widely known names the lists could make by chance; they are drawn again.
PUBLIC_FIGURES = frozenset(
    "李鹏 李强 李宁 李军 李斌 王毅 王勇 姚明 陈毅 丁宁 张怡宁 曹建明 周强 马凯 张军 张勇 张磊 陈磊 "
    "毛宁 江明 韩雪 韩红 王志 罗志 白雪 金晨 何洁 王凯 郭涛 高明 黄磊 张杰 李敏 田亮".split()
)

# Characters that older systems kept in a private area or could not keep at all.
RARE_GIVEN = tuple("䶮堃喆犇骉彧翀㛃㵘𫖮𬤇")
DRAGON = "䶮"
DRAGON_PRIVATE = "\ue863"  # where systems older than Unicode 3.0 put 䶮

DOTTED_GIVEN = {
    "男": "艾力江 买尔旦 帕尔哈 依力夏 吐尔洪".split(),
    "女": "古丽娜 阿依努 热依汗 迪丽努 帕丽旦".split(),
}
DOTTED_FAMILY = "买苏提 艾山江 卡德尔 萨迪克 托合提".split()
DOTS = "··••‧"

FOREIGN_FAMILY = (
    "HOLLOWAY BRANDT OKAFOR LINDQVIST MORETTI TANAKA KOWALCZYK FERREIRA DUBREUIL".split()
)
FOREIGN_GIVEN = {
    "男": "ADAM FELIX HUGO JONAS KENJI MARCO OSCAR PAUL".split(),
    "女": "ANNA CLARA ELISE HANNA INGRID MARIA NORA YUKO".split(),
}
FOREIGN_NATIONS = "英国 德国 尼日利亚 瑞典 意大利 日本 波兰 巴西 法国".split()

STREETS = (
    "望禾街 柳荫巷 石桥南路 青麦路 听雨巷 半亩塘路 竹影路 晒谷场路 小满街 老槐树巷 归燕路 莲子湖路 "
    "桑田路 早樱街 渡口东路 灯芯巷 碾坊路 云雀路 稻香北路 井栏街 鹭洲路 丰年大道"
).split()
ESTATES = (
    "禾苑 柳岸新村 麦田花园 望湖里 桑梓苑 青瓦小区 稻香居 云雀苑 半山半水 石桥人家 小满坊".split()
)

OCCUPATIONS = (
    "小学教师 中学教师 护士 会计 出纳 销售员 货车司机 出租车司机 电工 焊工 裁缝 厨师 超市店员 "
    "仓库管理员 软件工程师 机械工程师 土木工程师 个体经营者 农业生产人员 养殖户 快递员 "
    "物业管理员 行政人员 公务员 药剂师 理发师 保洁员 纺织工 质检员 采购员"
).split()
RETIRED, PUPIL, TODDLER = "退休人员", "学生", "学龄前儿童"

BRANDS = "望禾 半亩 桑梓 碾坊 青瓦 云雀 归燕 小满 早樱 石桥 鹭洲 丰年 井栏 渡口 灯芯 柳岸".split()
TRADES = (
    "机械 纺织 食品 建材 物流 商贸 电子 家具 包装 园艺 农业科技 信息技术 印刷 五金 服装 餐饮管理"
).split()
PUBLIC_EMPLOYERS = (
    "望禾小学 石桥中学 半亩塘镇卫生院 云雀路幼儿园 早樱街道办事处 鹭洲公交公司".split()
)
SELF_EMPLOYED = ("个体经营", "务农", "自由职业")
INDUSTRIES = ("制造业", "批发和零售业", "交通运输业", "农业", "信息服务业", "住宿和餐饮业")

BANKS = "淮畔银行 江左银行 梧桐储蓄银行 禾木农商银行 远帆银行 石桥村镇银行".split()

HEALTHY = ("全部告知为否", "无异常", "")
HEALTH_NOTES = (
    "体检示轻度脂肪肝，无治疗",
    "甲状腺结节2级，每年复查",
    "血压偏高，饮食控制，未服药",
    "乳腺增生，定期复查",
    "十年前阑尾切除，已愈",
    "近视手术史，恢复良好",
    "过敏性鼻炎，季节性用药",
    "腰椎间盘突出，保守治疗",
    "尿酸偏高，已调整饮食",
    "剖宫产史，恢复良好",
)

# Kind of claim, what happened, what the doctor wrote, usual amount.
CLAIMS = (
    ("医疗", "在家中滑倒后到医院就诊，住院五天", "右侧桡骨远端骨折", 8_600),
    ("医疗", "发热咳嗽一周，门诊转住院治疗", "社区获得性肺炎", 5_200),
    ("医疗", "腹痛急诊入院，行微创手术", "急性阑尾炎", 12_800),
    ("医疗", "右上腹反复疼痛，择期手术", "胆囊结石伴慢性胆囊炎", 15_400),
    ("医疗", "骑电动车转弯时摔倒，门诊清创缝合", "左膝皮肤裂伤", 1_900),
    ("意外", "搬运货物时砸伤足部，休息一个月", "右足第二跖骨骨折", 9_300),
    ("意外", "被开水烫伤前臂，换药两周", "前臂浅二度烫伤", 2_700),
    ("意外", "打球时扭伤，石膏固定三周", "踝关节韧带损伤", 3_100),
    ("重疾", "体检发现结节，穿刺后手术", "甲状腺乳头状癌", 100_000),
    ("重疾", "突发言语不清，送医救治", "脑梗死恢复期", 150_000),
    ("重疾", "胸闷加重，行介入治疗", "冠状动脉粥样硬化性心脏病", 120_000),
)
